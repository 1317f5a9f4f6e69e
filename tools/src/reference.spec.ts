import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { eventSchemas } from '@tandem/contracts';
import { releasedProto, runBuf } from './protobuf.js';
import { releasedEvents, writeReference } from './reference-files.js';
import { referencePages } from './reference.js';
import { workspaceRoot } from './workspace.js';

describe('the reference', () => {
  it.each(Object.entries(referencePages()))('docs/reference/%s is what the code says (npm run reference writes it)', (name, text) => {
    expect(readFileSync(join(workspaceRoot, 'docs/reference', name), 'utf8')).toBe(text);
  });
});

describe('npm run reference', () => {
  type Open = Record<string, { properties: Record<string, object>; required?: string[] }>;
  const textIn = (root: string): string => readFileSync(join(root, releasedEvents), 'utf8');
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tandem-reference-'));
    mkdirSync(dirname(join(root, releasedEvents)), { recursive: true });
    for (const file of [releasedEvents, releasedProto]) copyFileSync(join(workspaceRoot, file), join(root, file));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const changed = (change: (event: Open[string]) => void): object => {
    const schemas = structuredClone(eventSchemas()) as unknown as Open;
    if (schemas['order.delivered.v1']) change(schemas['order.delivered.v1']);
    return schemas;
  };

  it.each([false, true])('refuses to break an event, says which and why, and writes nothing (as a release: %j)', async (release) => {
    const renamed = changed(({ properties }) => delete properties['deliveredAt'] && Object.assign(properties, { at: { type: 'string' } }));
    const before = textIn(root);
    await expect(writeReference(root, { release }, renamed as never)).rejects.toThrow(
      /^This breaks what the last release publishes or reads:\n {2}order\.delivered\.v1\.deliveredAt is gone\nLeave the event as it was and publish a new version/,
    );
    expect([textIn(root), existsSync(join(root, 'docs'))]).toEqual([before, false]);
  });

  it('refuses as a release to break a call, and writes nothing', async () => {
    const proto = join(root, 'libs/contracts/proto/gone.proto');
    mkdirSync(dirname(proto), { recursive: true });
    writeFileSync(proto, 'syntax = "proto3";\npackage tandem.gone.v1;\nservice GoneService {}\n');
    writeFileSync(join(root, 'buf.yaml'), readFileSync(join(workspaceRoot, 'buf.yaml'), 'utf8'));
    expect(runBuf(['build', '--output', releasedProto], root).status).toBe(0);
    const before = readFileSync(join(root, releasedProto));
    await expect(writeReference(root, { release: true })).rejects.toThrow(
      /^This breaks the calls of the last release:\n[^]*tandem\.gone\.v1/,
    );
    expect([readFileSync(join(root, releasedProto)).equals(before), existsSync(join(root, 'docs'))]).toEqual([true, false]);
  });

  it('takes an addition in, and compares with it once it is released', async () => {
    const before = textIn(root);
    const added = changed(({ properties }) => Object.assign(properties, { note: { type: 'string' } }));
    await writeReference(root, { release: false }, added as never);
    expect(existsSync(join(root, 'docs/reference/events.md'))).toBe(true);
    expect(textIn(root)).toBe(before);
    await writeReference(root, { release: true }, added as never);
    await expect(writeReference(root, { release: false })).rejects.toThrow('order.delivered.v1.note is gone');
  });
});
