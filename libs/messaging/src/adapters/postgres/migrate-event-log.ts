import { readFile, readdir } from 'node:fs/promises';
import pg from 'pg';

/** Serialises migrations of one log database. */
const lock = 7_402;
const folder = new URL('../../../log-schema/', import.meta.url);

/** Brings the log's database to the newest schema. Safe to repeat and to run in several processes; the database itself must exist. */
export async function migrateEventLog(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString, application_name: 'tandem-log-migration' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [lock]);
    await client.query('CREATE TABLE IF NOT EXISTS log_migration (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())');
    const { rows } = await client.query<{ name: string }>('SELECT name FROM log_migration');
    const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
    for (const name of names.filter((file) => !rows.some((row) => row.name === file))) await apply(client, name);
  } finally {
    await client.end();
  }
}

async function apply(client: pg.Client, name: string): Promise<void> {
  const sql = await readFile(new URL(name, folder), 'utf8');
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query('INSERT INTO log_migration (name) VALUES ($1)', [name]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw new Error(`the event log's migration ${name} failed`, { cause: error });
  }
}
