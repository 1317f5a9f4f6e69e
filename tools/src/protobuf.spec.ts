import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { breakingArgs, releasedProto, runBuf } from './protobuf.js';
import { steps } from './testing/steps.js';
import { workspaceRoot } from './workspace.js';

describe('the comparison of protobuf with the last release', () => {
  const order = 'libs/contracts/proto/tandem/order/v1/order.proto';
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tandem-buf-'));
    for (const path of ['buf.yaml', 'libs/contracts/proto', releasedProto]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      cpSync(join(workspaceRoot, path), join(folder, path), { recursive: true });
    }
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** What buf says of the release once `change` has been made to the protobuf of orders. */
  const comparedAfter = (change: (text: string) => string): { readonly status: number | null; readonly said: string } => {
    const before = readFileSync(join(folder, order), 'utf8');
    const after = change(before);
    writeFileSync(join(folder, order), after);
    return { ...runBuf(breakingArgs(), folder) };
  };

  it('is a step of npm test', async () => {
    const step = steps.find(({ name }) => name === 'buf breaking');
    expect(await step?.run(process.env)).toMatchObject({ passed: 1, failed: 0 });
  });

  it.each<[string, (text: string) => string, string]>([
    ['a renamed field', (text) => text.replace('string order_id = 1;', 'string ordre_id = 1;'), 'ordre_id'],
    ['a removed field', (text) => text.replace('string order_id = 1;', ''), '"order_id"'],
    ['a field of another number', (text) => text.replace('string order_id = 1;', 'string order_id = 99;'), 'was deleted'],
    ['a removed call', (text) => text.replace(/^ {2}rpc .*\n/m, ''), 'Previously present RPC'],
  ])('refuses %s', (_what, change, said) => {
    expect(comparedAfter(change)).toEqual({ status: 100, said: expect.stringContaining(said) as unknown });
  });

  it.each<[string, (text: string) => string]>([
    ['what is as it was', (text) => text],
    ['a new field', (text) => text.replace('string order_id = 1;', 'string order_id = 1;\n  string added_later = 99;')],
  ])('allows %s', (_what, change) => {
    expect(comparedAfter(change)).toEqual({ status: 0, said: '' });
  });
});
