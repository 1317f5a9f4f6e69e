import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrateEventLog } from '../adapters/postgres/migrate-event-log.js';

/** A migrated log database of its own for one suite, on the server of TEST_DATABASE_URL; throws when that is not set. */
export async function createLogDatabase(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const server = process.env['TEST_DATABASE_URL'];
  if (!server)
    throw new Error('TEST_DATABASE_URL is not set: this suite needs a PostgreSQL server it may create databases on (npm test starts one)');
  const name = `test_log_${randomBytes(6).toString('hex')}`;
  await onServer(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  await migrateEventLog(url.href);
  return { url: url.href, drop: () => onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
