import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, createLogger, createPool } from '@tandem/host';
import type { Database } from '@tandem/kernel';
import { type EventLog, kafkaEventLog, migrateEventLog, postgresEventLog } from '@tandem/messaging';
import { type Serving, type SpecDatabase, type SpecService, createSpecStore, serve } from '@tandem/messaging/testing';
import { startKafka } from '../kafka/index.js';
import { databaseOn, ensureDatabase } from '../migrations/databases.js';
import { removePostgresData, startPostgres } from '../postgres.js';
import type { LogKind } from '../proofs/scenario.js';
import { cpuMsOf } from './cpu.js';

/** CPU milliseconds so far, by who used them. */
export type Cpu = { readonly node: number; readonly database: number; readonly broker: number };

/** Servers as a machine of its own would have them: one PostgreSQL for databases and embedded log, durable; a broker for Kafka. */
export type BenchStage = {
  readonly kind: LogKind;
  readonly db: SpecDatabase;
  log(): EventLog;
  /** A service on a pool like the product's, of the default size unless said otherwise; `port`: another way to the database. */
  service(
    serving: Omit<Serving, 'log'>,
    way?: { readonly poolSize?: number; readonly port?: number },
  ): Promise<SpecService & { readonly database: Database }>;
  cpu(): Cpu;
  readonly databasePort: number;
};

export async function onBenchStage<T>(kind: LogKind, play: (stage: BenchStage) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  await chmod(folder, 0o755); // the server's account must pass
  const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const tidy = async (): Promise<void> => {
    for (let step = undo.pop(); step; step = undo.pop())
      await step().catch((error: unknown) => console.error(`while tidying up: ${String(error)}`));
  };
  const breakOff = (): void => void tidy().then(() => process.exit(130));
  process.once('SIGINT', breakOff).once('SIGTERM', breakOff);
  try {
    const dataDir = join(folder, 'postgres');
    const postgres = await startPostgres({ dataDir });
    undo.push(() => removePostgresData(dataDir), postgres.stop);
    const kafka = kind === 'kafka' ? await startKafka({ dataDir: join(folder, 'kafka') }) : undefined;
    if (kafka) undo.push(kafka.stop);
    const logUrl = databaseOn(postgres.url, 'tandem_log');
    await ensureDatabase(logUrl);
    await migrateEventLog(logUrl);
    const db = await createSpecStore(postgres.url);
    undo.push(db.drop);
    const log = (): EventLog => {
      const client = kafka ? kafkaEventLog({ brokers: [kafka.brokers] }) : postgresEventLog({ connectionString: logUrl });
      undo.push(client.close);
      return client;
    };
    const service: BenchStage['service'] = async (serving, { poolSize = 8, port } = {}) => {
      const url = new URL(db.connectionString);
      if (port !== undefined) Object.assign(url, { port: String(port), search: '' }); // over TCP
      const pool = createPool(url.href, poolSize, createLogger('bench', 'silent'));
      undo.push(() => pool.end());
      const database = createDatabase(pool);
      return { ...(await serve({ ...db, database }, { ...serving, log: log() })), database };
    };
    const cpu = (): Cpu => ({
      node: process.cpuUsage().user / 1_000 + process.cpuUsage().system / 1_000,
      database: cpuMsOf(postgres.pid),
      broker: kafka ? cpuMsOf(kafka.pid()) : 0,
    });
    return await play({ kind, db, log, service, cpu, databasePort: postgres.port });
  } finally {
    await tidy();
    process.off('SIGINT', breakOff).off('SIGTERM', breakOff);
  }
}

/** What was used between two readings, per one of `count`, ms. */
export function cpuPer(count: number, before: Cpu, after: Cpu): Cpu {
  const each = (of: keyof Cpu): number => (after[of] - before[of]) / count;
  return { node: each('node'), database: each('database'), broker: each('broker') };
}
