import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from './workspace.js';

type Operation = { responses: Record<string, { content?: object }>; operationId?: string; summary?: string };
type Document = { paths: Record<string, Record<string, Operation>> };

const read = (): Document => JSON.parse(readFileSync(join(workspaceRoot, 'docs/reference/openapi.json'), 'utf8')) as Document;

/** What Spectral with the house rules finds in a document, errors only. */
function lint(document: Document): { readonly code: number | null; readonly output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-openapi-'));
  const file = join(folder, 'openapi.json');
  writeFileSync(file, JSON.stringify(document));
  const cli = join(workspaceRoot, 'node_modules/@stoplight/spectral-cli/dist/index.js');
  const ruleset = join(workspaceRoot, '.spectral.yaml');
  const run = spawnSync(process.execPath, [cli, 'lint', file, '--ruleset', ruleset, '--fail-severity', 'error'], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return { code: run.status, output: run.stdout + run.stderr };
}

function changed(change: (operation: Operation) => void): Document {
  const document = read();
  const [first] = Object.values(document.paths).flatMap((path) => Object.values(path));
  if (!first) throw new Error('the document has no operation');
  change(first);
  return document;
}

describe('the OpenAPI document', () => {
  it('keeps the rules of OpenAPI and of the house', () => {
    expect(lint(read())).toMatchObject({ code: 0 });
  });

  it.each<[string, (operation: Operation) => void, string]>([
    [
      'an error that is no problem document',
      (operation) => void (operation.responses['400'] = { content: { 'text/plain': {} } }),
      'tandem-errors-are-problems',
    ],
    ['an operation without an id', (operation) => void delete operation.operationId, 'operation-operationId'],
    ['an operation without a summary', (operation) => void delete operation.summary, 'tandem-operations-have-a-summary'],
  ])('is refused with %s', (_what, change, rule) => {
    const found = lint(changed(change));
    expect([found.code, found.output.includes(rule)]).toEqual([1, true]);
  });
});
