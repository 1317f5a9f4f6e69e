import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../processes.js';
import { waitFor } from '../waiting.js';
import { type DataFolder, dataFolder, runningParts } from './data-folder.js';
import { type Supervisor, createSupervisor } from './supervisor.js';

const soon = { timeoutMs: 10_000 };
const living =
  "process.on('SIGTERM', () => { console.log('drained'); process.exit(0); });\nsetInterval(() => {}, 1000);\nconsole.log('up');\n";

describe('the supervisor', () => {
  let root = '';
  let folder: DataFolder;
  let supervisor: Supervisor;
  const said: string[] = [];
  const begin = async (text: string, more: Record<string, string> = {}): Promise<void> => {
    const script = join(root, 'service.mjs');
    await writeFile(script, text);
    const env = { PATH: process.env['PATH'] ?? '', ...more };
    supervisor = createSupervisor([{ name: 'order-2', part: 'order', script, env }], folder, (line) => said.push(line));
    await supervisor.start();
  };
  const pidOf = async (): Promise<number | undefined> => (await runningParts(folder))[0]?.pid;
  const log = (): Promise<string> => readFile(join(folder.logs, 'order-2.log'), 'utf8').catch(() => '');
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'tandem-supervisor-'));
    folder = dataFolder(root);
    said.length = 0;
  });
  afterEach(async () => {
    await supervisor.stop();
    await rm(root, { recursive: true, force: true });
  });

  it('starts a process again that was killed, under a new id in the same file', async () => {
    await begin(living);
    const first = (await waitFor({ ...soon, what: 'a process' }, pidOf)) ?? 0;
    process.kill(first, 'SIGKILL');
    const second = await waitFor({ ...soon, what: 'another process' }, async () => {
      const pid = await pidOf();
      return pid !== undefined && pid !== first ? pid : undefined;
    });
    expect(isAlive(second)).toBe(true);
    expect(said).toEqual([expect.stringMatching(/^order-2 ended \(SIGKILL\); started again/)]);
  });

  it('lets a process drain, and starts nothing again on the way down', async () => {
    await begin(living);
    await waitFor({ ...soon, what: 'the process to be up' }, async () => ((await log()).includes('up') ? true : undefined));
    await supervisor.stop();
    expect(await log()).toBe('up\ndrained\n');
    expect(await runningParts(folder)).toEqual([]);
  });

  it.each([
    ['of ours, when nobody has set one', {}, '512'],
    ['of NODE_OPTIONS, when that has one', { NODE_OPTIONS: '--max-old-space-size=96' }, '96'],
  ])('gives a process the heap limit %s', async (_whose, env, megabytes) => {
    await begin(`${living}console.log('old space', process.execArgv.concat(process.env.NODE_OPTIONS).join(' '));\n`, env);
    const line = await waitFor({ ...soon, what: 'the options' }, async () => /old space.*/.exec(await log())?.[0]);
    expect(line?.match(/max-old-space-size=\d+/g)).toEqual([`max-old-space-size=${megabytes}`]);
  });

  it('names a process that ends again and again', async () => {
    await begin('process.exit(3);\n');
    const failing = await waitFor({ ...soon, what: 'a verdict' }, () => supervisor.failing(2));
    expect(failing).toMatchObject({ name: 'order-2', log: join(folder.logs, 'order-2.log'), refusesConfiguration: false });
  });

  it('starts a process once that refuses its configuration, and tells of it at once', async () => {
    await begin("console.error('order: The configuration is not valid:\\n  CARRIER: got nothing');\nprocess.exitCode = 78;\n");
    const refusing = await supervisor.refused;
    expect(refusing).toMatchObject({ name: 'order-2', refusesConfiguration: true });
    expect(supervisor.failing(5)).toEqual(refusing);
    expect(said).toEqual([]);
  });
});
