import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EventLog, migrateEventLog } from '@tandem/messaging';
import { type LogAddress, type SpecDatabase, createSpecStore, openLog } from '@tandem/messaging/testing';
import { startKafka } from '../kafka/index.js';
import { databaseOn, ensureDatabase } from '../migrations/databases.js';
import { removePostgresData, startPostgres } from '../postgres.js';
import { endProcess } from '../processes.js';
import { workspaceRoot } from '../workspace.js';
import { type FaultProxy, startFaultProxy } from './fault-proxy.js';
import type { LogKind, Scenario, Setting, StagedScenario } from './scenario.js';
import type { WorkerNews, WorkerOrders } from './worker.js';

/** The event log's server as a thing that breaks. */
export type LogServer = {
  readonly kind: LogKind;
  /** By way of the proxy, so that whoever uses it can be cut off. */
  readonly address: LogAddress;
  readonly proxy: FaultProxy;
  /** SIGKILL; nobody answers until `restart`. */
  kill(): Promise<void>;
  restart(): Promise<void>;
};

/** A service in a process of its own. */
export type Worker = {
  readonly pid: number;
  readonly startedMs: number;
  /** Lines of its log, warnings and worse, and when they came. */
  readonly said: readonly { readonly atMs: number; readonly line: string }[];
  readonly ended: Promise<Ended>;
  signal(name: NodeJS.Signals): void;
  isRunning(): boolean;
};

/** How a worker's process ended. */
export type Ended = {
  readonly atMs: number;
  readonly because: string;
  /** How long after it said that it is about to die; absent when it said nothing. */
  readonly afterMs?: number;
};

/** Everything a scenario plays on: servers of its own, a database, clients, processes. Gone when it ends. */
export type Stage = Setting & {
  readonly db: SpecDatabase;
  readonly server: LogServer;
  log(): EventLog;
  /** `user`: as whom it logs in to the database; its password is `relay`. */
  worker(orders: Omit<WorkerOrders, 'address' | 'database'>, as?: { readonly user: string }): Promise<Worker>;
};

export const onStageOfItsOwn = (scenario: StagedScenario): Scenario => ({ ...scenario, run: (setting) => onStage(setting, scenario.run) });

/** Opens a stage, plays, and takes everything away again, whatever happens. */
async function onStage<T>(setting: Setting, play: (stage: Stage) => Promise<T>): Promise<T> {
  const { logKind, say } = setting;
  const folder = await mkdtemp(join(tmpdir(), 'tandem-proof-'));
  await chmod(folder, 0o755); // the server's account must pass
  const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const undoAll = async (): Promise<void> => {
    for (let step = undo.pop(); step; step = undo.pop()) await step().catch((error: unknown) => say(`while tidying up: ${String(error)}`));
  };
  let tidying: Promise<void> | undefined; // a play that ends because it is broken off waits for the same
  const tidy = (): Promise<void> => (tidying ??= undoAll());
  const breakOff = (): void => void tidy().then(() => process.exit(130));
  process.once('SIGINT', breakOff).once('SIGTERM', breakOff);
  try {
    const databaseUrl = await database(join(folder, 'postgres'), undo);
    const server = logKind === 'kafka' ? await kafkaServer(folder, undo) : await embeddedServer(join(folder, 'log'), undo);
    const db = await createSpecStore(databaseUrl);
    for (const table of ['called', 'acted'])
      await db.sql(
        `CREATE UNLOGGED TABLE ${table} (at bigint GENERATED ALWAYS AS IDENTITY, order_id text NOT NULL, n int NOT NULL, pid int NOT NULL)`,
      );
    undo.push(db.drop);
    const log = (): EventLog => {
      const client = openLog(server.address);
      undo.push(client.close);
      return client;
    };
    const worker: Stage['worker'] = async (orders, as) => {
      const started = await startWorker({ ...orders, address: server.address, database: urlAs(db.connectionString, as?.user) });
      undo.push(async () => started.signal('SIGKILL'));
      return started;
    };
    return await play({ ...setting, db, server, log, worker });
  } finally {
    await tidy();
    process.off('SIGINT', breakOff).off('SIGTERM', breakOff);
  }
}

function urlAs(connectionString: string, user: string | undefined): string {
  const url = new URL(connectionString);
  if (user !== undefined) Object.assign(url, { username: user, password: 'relay' });
  return url.href;
}

async function database(dataDir: string, undo: (() => Promise<unknown>)[]): Promise<string> {
  const postgres = await startPostgres({ dataDir });
  undo.push(() => removePostgresData(dataDir), postgres.stop);
  return postgres.url;
}

/** The embedded log on a server of its own, so that it can be away while the services' database is not. */
async function embeddedServer(dataDir: string, undo: (() => Promise<unknown>)[]): Promise<LogServer> {
  let postgres = await startPostgres({ dataDir });
  const { port } = postgres;
  const proxy = await startFaultProxy(port);
  undo.push(
    () => removePostgresData(dataDir),
    () => postgres.stop(),
    proxy.close,
  );
  const direct = databaseOn(postgres.url, 'tandem_log');
  await ensureDatabase(direct);
  await migrateEventLog(direct);
  const url = new URL(direct);
  url.port = String(proxy.port);
  url.search = '';
  return {
    kind: 'postgres',
    address: { postgres: url.href, evictAfterMs: 10_000 },
    proxy,
    kill: () => endProcess(postgres.pid, 'SIGQUIT', 10_000), // immediate shutdown: as a crash, without its children staying behind
    restart: async () => void (postgres = await startPostgres({ dataDir, port })),
  };
}

async function kafkaServer(folder: string, undo: (() => Promise<unknown>)[]): Promise<LogServer> {
  const proxy = await startFaultProxy();
  undo.push(proxy.close);
  const kafka = await startKafka({ dataDir: join(folder, 'kafka'), advertisedPort: proxy.port });
  undo.push(kafka.stop);
  proxy.aim(Number(kafka.brokers.split(':')[1]));
  return { kind: 'kafka', address: { kafka: [`127.0.0.1:${proxy.port}`] }, proxy, kill: kafka.kill, restart: kafka.restart };
}

async function startWorker(orders: WorkerOrders): Promise<Worker> {
  const startedMs = performance.now();
  const child: ChildProcess = fork(fileURLToPath(new URL('./worker.js', import.meta.url)), [JSON.stringify(orders)], {
    cwd: workspaceRoot,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const said: { atMs: number; line: string }[] = [];
  let dying: Extract<WorkerNews, { kind: 'dying' }> | undefined;
  const ready = new Promise<void>((resolve) =>
    child.on('message', (news: WorkerNews) => {
      if (news.kind === 'ready') resolve();
      else if (news.kind === 'said') said.push({ atMs: performance.now(), line: news.line });
      else dying ??= news;
    }),
  );
  const toldAll = once(child, 'disconnect'); // what it said last may come after its end
  const ended = once(child, 'exit').then(async ([code, signal]): Promise<Ended> => {
    const [atMs, now] = [performance.now(), Date.now()];
    await toldAll;
    return dying ? { atMs, because: dying.because, afterMs: now - dying.atMs } : { atMs, because: String(signal ?? code) };
  });
  await Promise.race([ready, ended]);
  return {
    pid: child.pid ?? 0,
    startedMs,
    said,
    ended,
    signal: (name) => void child.kill(name),
    isRunning: () => child.exitCode === null && child.signalCode === null,
  };
}
