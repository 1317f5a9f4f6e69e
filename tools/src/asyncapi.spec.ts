import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { events, participants as committed } from '@tandem/contracts';
import { participants, participantsModule } from './participants.js';
import { workspaceRoot } from './workspace.js';

type Operation = { action: string; channel: { $ref: string }; messages: { $ref: string }[] };
type Document = { operations: Record<string, Operation>; channels: Record<string, { messages: object }>; asyncapi: string };

const read = (): Document => JSON.parse(readFileSync(join(workspaceRoot, 'docs/reference/asyncapi.json'), 'utf8')) as Document;

/** What Spectral finds wrong with a document by the rules and the JSON schema of AsyncAPI. */
function lint(document: Document): { readonly code: number | null; readonly output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-asyncapi-'));
  const [file, ruleset] = [join(folder, 'asyncapi.json'), join(folder, 'ruleset.json')];
  writeFileSync(file, JSON.stringify(document));
  writeFileSync(ruleset, JSON.stringify({ extends: ['spectral:asyncapi'] }));
  const cli = join(workspaceRoot, 'node_modules/@stoplight/spectral-cli/dist/index.js');
  const run = spawnSync(process.execPath, [cli, 'lint', file, '--ruleset', ruleset, '--fail-severity', 'error'], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return { code: run.status, output: run.stdout + run.stderr };
}

describe('the AsyncAPI document', () => {
  it('is valid AsyncAPI 3', () => {
    expect(lint(read())).toMatchObject({ code: 0 });
  });

  it.each<[string, (document: Document) => void]>([
    ['an operation without an action', (document) => void delete (Object.values(document.operations)[0] as Partial<Operation>).action],
    [
      'a message that is nowhere',
      (document) => void Object.values(document.operations)[0]?.messages.push({ $ref: '#/channels/order/messages/made-up' }),
    ],
    ['an address that is no text', (document) => void Object.assign(Object.values(document.channels)[0] ?? {}, { address: 7 })],
  ])('is refused with %s', (_what, change) => {
    const document = read();
    change(document);
    expect(lint(document).code).toBe(1);
  });

  it('names who publishes and who listens as the sources do (npm run reference writes it)', () => {
    expect(committed).toEqual(participants());
    expect(readFileSync(join(workspaceRoot, 'libs/contracts/src/participants.ts'), 'utf8')).toBe(participantsModule());
  });

  it('has one publisher for every topic, and lets nobody listen to what nobody says', () => {
    const publishers = (topic: string): string[] =>
      Object.entries(committed)
        .filter(([, { publishes }]) => events.some((event) => event.topic === topic && publishes.includes(event.type)))
        .map(([name]) => name);
    const said = Object.values(committed).flatMap(({ publishes }) => publishes);
    expect(events.map(({ topic }) => publishers(topic).length).every((count) => count === 1)).toBe(true);
    const unsaid = [...new Set(Object.values(committed).flatMap(({ listens }) => listens))].filter((type) => !said.includes(type));
    expect(unsaid).toEqual([]);
  });
});
