import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failureOf } from './failing.js';

const before = 'words of an earlier life\n';
const record = '{"level":"info","msg":"up"}\n';

describe('what is said of a process that cannot come up', () => {
  let root = '';
  let log = '';
  const saidOf = async (words: string, refusesConfiguration: boolean): Promise<string> => {
    await writeFile(log, before + words);
    return (await failureOf({ name: 'shipping', log, from: Buffer.byteLength(before), refusesConfiguration })).message;
  };
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'tandem-failing-'));
    log = join(root, 'shipping.log');
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it('is its own words of its configuration, without records', async () => {
    const own = 'shipping: The configuration is not valid:\n  CARRIER: got "dhl", wants sandbox or easypost';
    expect(await saidOf(`${record}${own}\n`, true)).toBe(own);
  });

  it('is where its log is, and the last lines of its last life', async () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`);
    expect((await saidOf(`${lines.join('\n')}\n`, false)).split('\n')).toEqual([
      `shipping ends again and again before the system is ready. Its last words are in ${log}:`,
      ...lines.slice(8),
    ]);
    expect((await saidOf(record, false)).split('\n').slice(1)).toEqual([record.trim()]);
  });
});
