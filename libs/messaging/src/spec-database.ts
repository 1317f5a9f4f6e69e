import { randomBytes } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import type { Database, Statement, Tx } from '@tandem/kernel';
import pg from 'pg';
import { fenced } from './testing/fenced.js';

/** Relative to the workspace, where tests are run. */
const migrations = 'libs/messaging/migrations';

/** A database of its own for one suite, with the messaging tables in it. */
export type SpecDatabase = {
  /** One that was made for a suite rejects what a transaction's own callback asks of it: that would wait for a second connection while it holds one. */
  readonly database: Database;
  readonly connectionString: string;
  /** Any SQL, for arranging and looking. */
  sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Ends every connection but the caller's own for a moment, as a restart of the server would. */
  cut(): Promise<void>;
  drop(): Promise<void>;
};

/** On a server where databases may be created; default: that of `TEST_DATABASE_URL`. */
export async function createSpecDatabase(server = process.env['TEST_DATABASE_URL']): Promise<SpecDatabase> {
  if (server === undefined)
    throw new Error(
      'TEST_DATABASE_URL must name a PostgreSQL server for this suite, e.g. postgres://postgres:postgres@127.0.0.1:5432/postgres',
    );
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const opened = openSpecDatabase(url.href);
  for (const file of (await readdir(migrations)).sort()) await opened.sql(await readFile(`${migrations}/${file}`, 'utf8'));
  return {
    ...opened,
    database: fenced(opened.database),
    cut: () => onServer(server, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`),
    async drop() {
      await opened.close();
      await onServer(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** A database that is there already, e.g. by another process. */
export function openSpecDatabase(connectionString: string, max = 10): Omit<SpecDatabase, 'cut' | 'drop'> & { close(): Promise<void> } {
  const pool = new pg.Pool({ connectionString, max, pipeline: true });
  pool.on('error', () => undefined);
  return {
    database: databaseOn(pool),
    connectionString,
    sql: async <Row extends object>(text: string, values: unknown[] = []) => (await pool.query<Row>(text, values)).rows,
    close: () => pool.end(),
  };
}

async function onServer(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(text).finally(() => client.end());
}

function databaseOn(pool: pg.Pool): Database {
  const run = async (on: pg.Pool | pg.PoolClient, statement: Statement, values: readonly unknown[] = []): Promise<readonly never[]> =>
    (await on.query({ ...statement, values: [...values] })).rows as never[];
  return {
    query: (statement, values) => run(pool, statement, values),
    async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
      const client = await pool.connect();
      let broken: Error | undefined;
      const onError = (error: Error): void => void (broken = error);
      client.on('error', onError);
      const wakes: (() => void)[] = [];
      try {
        const session = {
          query: (statement: Statement, values?: readonly unknown[]) => run(client, statement, values),
          afterCommit: (wake: () => void) => wakes.push(wake),
        };
        const [, result] = await Promise.all([client.query('BEGIN'), work(session as unknown as Tx)]);
        const { command } = await client.query('COMMIT');
        if (command !== 'COMMIT') throw new Error('the transaction was aborted and has been rolled back');
        for (const wake of wakes) wake();
        return result;
      } catch (error) {
        await client.query('ROLLBACK').catch((failure: Error) => (broken = failure));
        throw error;
      } finally {
        client.removeListener('error', onError);
        client.release(broken);
      }
    },
  };
}
