import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type RunningPostgres, removePostgresData, startPostgres, stopPostgres } from './postgres.js';
import { endProcess, isAlive } from './processes.js';
import { waitFor } from './waiting.js';

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client
    .query<Record<string, unknown>>(sql)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

describe('the embedded PostgreSQL', () => {
  let root = '';
  let dataDir = '';
  const started: RunningPostgres[] = [];
  const notices: string[] = [];
  const start = async (durable = false): Promise<RunningPostgres> => {
    const postgres = await startPostgres({ dataDir, durable, notice: (sentence) => notices.push(sentence) });
    started.push(postgres);
    return postgres;
  };
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'tandem-pg-'));
    await chmod(root, 0o755);
    dataDir = join(root, 'postgres');
    notices.length = 0;
  });
  afterEach(async () => {
    for (const postgres of started.splice(0)) await postgres.stop();
    await stopPostgres(dataDir);
    await removePostgresData(dataDir);
    await rm(root, { recursive: true, force: true });
  });

  it('keeps its data over a stop and a start', async () => {
    const first = await start();
    await ask(first.url, 'CREATE TABLE kept AS SELECT 1 AS n');
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await start();
    expect(await ask(second.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  it('takes over a server that an earlier run left behind', async () => {
    const left = await start();
    const taken = await start();
    expect({ pid: taken.pid, port: taken.port, url: taken.url, reused: taken.reused }).toEqual({
      pid: left.pid,
      port: left.port,
      url: left.url,
      reused: true,
    });
  });

  it('starts again after a kill -9, while the old children still hold their memory', async () => {
    const first = await start(true);
    await ask(first.url, 'CREATE TABLE kept AS SELECT 1 AS n');
    await endProcess(first.pid, 'SIGKILL', 5_000);
    const second = await start();
    expect(await ask(second.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  it('is not deceived by a pid file that names a process of someone else', async () => {
    const first = await start();
    await first.stop();
    await writeFile(join(dataDir, 'postmaster.pid'), `${process.pid}\n${dataDir}\n1\n${first.port}\n`);
    const second = await start();
    expect({ reused: second.reused, answer: await ask(second.url, 'SELECT 1 AS n') }).toEqual({ reused: false, answer: [{ n: 1 }] });
  });

  it('is ended by its files alone', async () => {
    const { pid } = await start();
    expect(await stopPostgres(dataDir)).toBe(true);
    await waitFor({ timeoutMs: 5_000, what: 'the end of the server' }, () => (isAlive(pid) ? undefined : true));
    expect(await stopPostgres(dataDir)).toBe(false);
  });

  it('says where its files are when its account cannot reach the folder', async () => {
    if (process.getuid?.() !== 0) return; // only root runs the server as another user
    await chmod(root, 0o700);
    const postgres = await start();
    expect(await ask(postgres.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(notices).toEqual([
      expect.stringMatching(/cannot reach .*: the database's files are in \/var\/tmp\/tandem-[0-9a-f]{12}\/postgres/),
    ]);
  });
});
