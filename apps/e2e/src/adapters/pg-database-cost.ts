import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

/** What one order asks of PostgreSQL, everything that runs beside it included. */
export type DatabaseCost = {
  readonly statements: number;
  /** Transactions that took an id, which only writing does; savepoints that wrote count too. */
  readonly writeTransactions: number;
  readonly walBytes: number;
  /** Statements by database, which is by service; the most first. */
  readonly byDatabase: readonly { readonly database: string; readonly statements: number; readonly ms: number }[];
};

type Position = { readonly xid: string; readonly wal: string };

/** Lets the server with this process id count statements from its next start on. Counting costs CPU, so no other figure is taken from such a server. */
export function countStatements(postgresPid: number): void {
  appendFileSync(join(folderOf(postgresPid), 'postgresql.auto.conf'), "shared_preload_libraries = 'pg_stat_statements'\n");
}

/** Runs the work, which is `orders` orders with all their effects, and divides what the server has counted meanwhile. */
export async function databaseCost(postgresPid: number, orders: number, work: () => Promise<void>): Promise<DatabaseCost> {
  const client = new pg.Client({ connectionString: urlOf(folderOf(postgresPid)) });
  await client.connect();
  try {
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    await client.query('SELECT pg_stat_statements_reset()');
    const before = await position(client);
    await work();
    const after = await position(client);
    const { rows } = await client.query<{ database: string; statements: number; ms: number }>(
      `SELECT d.datname AS database, sum(s.calls)::float8 AS statements, sum(s.total_exec_time) AS ms
       FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
       WHERE d.datname LIKE 'tandem%' GROUP BY 1 ORDER BY 2 DESC`,
    );
    const {
      rows: [wal],
    } = await client.query<{ bytes: number }>('SELECT pg_wal_lsn_diff($1, $2)::float8 AS bytes', [after.wal, before.wal]);
    return {
      statements: rows.reduce((total, { statements }) => total + statements, 0) / orders,
      writeTransactions: Number(BigInt(after.xid) - BigInt(before.xid)) / orders,
      walBytes: (wal?.bytes ?? 0) / orders,
      byDatabase: rows.map(({ database, statements, ms }) => ({ database, statements: statements / orders, ms: ms / orders })),
    };
  } finally {
    await client.end();
  }
}

async function position(client: pg.Client): Promise<Position> {
  const { rows } = await client.query<Position>(
    'SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS xid, pg_current_wal_lsn()::text AS wal',
  );
  if (!rows[0]) throw new Error('PostgreSQL gave no position');
  return rows[0];
}

export function urlOf(folder: string): string {
  const port = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[3]?.trim() ?? ''; // its fourth line
  const password = readFileSync(join(folder, 'tandem.password'), 'utf8').trim();
  return `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
}

/** Where its files are; `npm start` names the folder on the command line. */
export function folderOf(postgresPid: number): string {
  const words = readFileSync(`/proc/${postgresPid}/cmdline`, 'utf8').split('\0');
  const folder = words[words.indexOf('-D') + 1];
  if (!words.includes('-D') || !folder) throw new Error(`process ${postgresPid} is no PostgreSQL server of npm start`);
  return folder;
}
