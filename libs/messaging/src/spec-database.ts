import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Database, Statement, Tx } from '@tandem/kernel';
import pg from 'pg';

/** A database of its own for one suite, with the messaging tables in it. */
export type SpecDatabase = {
  readonly database: Database;
  readonly connectionString: string;
  /** Any SQL, for arranging and looking. */
  sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Ends every connection but the caller's own for a moment, as a restart of the server would. */
  cut(): Promise<void>;
  drop(): Promise<void>;
};

/** Needs `TEST_DATABASE_URL`, a server where databases may be created. */
export async function createSpecDatabase(): Promise<SpecDatabase> {
  const server = process.env['TEST_DATABASE_URL'];
  if (server === undefined)
    throw new Error(
      'TEST_DATABASE_URL must name a PostgreSQL server for this suite, e.g. postgres://postgres:postgres@127.0.0.1:5432/postgres',
    );
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 10 });
  pool.on('error', () => undefined);
  await pool.query(await readFile('libs/messaging/migrations/0001_messaging.sql', 'utf8'));
  return {
    database: databaseOn(pool),
    connectionString: url.href,
    sql: async <Row extends object>(text: string, values: unknown[] = []) => (await pool.query<Row>(text, values)).rows,
    cut: () => onServer(server, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`),
    async drop() {
      await pool.end();
      await onServer(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
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
        await client.query('BEGIN');
        const result = await work({
          query: (statement: Statement, values?: readonly unknown[]) => run(client, statement, values),
          afterCommit: (wake: () => void) => wakes.push(wake),
        } as unknown as Tx);
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
