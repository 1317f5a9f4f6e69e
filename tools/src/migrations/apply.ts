import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { Failure } from '../failure.js';
import type { Migration } from './plan.js';

/** Any two runners on one database take turns. The number is ours alone within the database. */
const lockKey = 7_400_001;

/** Files of the shared libraries are noted in `migrations.applied`, a service's own in Prisma's table, so that `prisma migrate deploy` agrees. */
const bookkeeping = `
CREATE SCHEMA IF NOT EXISTS migrations;
CREATE TABLE IF NOT EXISTS migrations.applied (
  room       text NOT NULL,
  name       text NOT NULL,
  checksum   text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (room, name)
);
CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                  varchar(36) PRIMARY KEY,
  checksum            varchar(64) NOT NULL,
  finished_at         timestamptz,
  migration_name      varchar(255) NOT NULL,
  logs                text,
  rolled_back_at      timestamptz,
  started_at          timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
);`;

/**
 * Brings the database at `url` up to `migrations`: each missing file in a transaction of its own, all or nothing, noted in the same
 * transaction. Asking again changes nothing. Throws a `Failure` when a file was changed after it had been applied, or does not run.
 * Answers how many were applied.
 */
export async function applyMigrations(url: string, migrations: readonly Migration[]): Promise<number> {
  const client = new pg.Client({ connectionString: url, application_name: 'tandem-migrate' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [lockKey]);
    await client.query(bookkeeping);
    const applied = await appliedIn(client);
    const missing = migrations.filter((migration) => isMissing(migration, applied, url));
    for (const migration of missing) await applyOne(client, migration, url);
    return missing.length;
  } finally {
    await client.end();
  }
}

type Applied = ReadonlyMap<string, string>;

const keyOf = (migration: { readonly room: string; readonly name: string }): string => `${migration.room}/${migration.name}`;

async function appliedIn(client: pg.Client): Promise<Applied> {
  const { rows } = await client.query<{ room: string; name: string; checksum: string }>(
    `SELECT room, name, checksum FROM migrations.applied
     UNION ALL
     SELECT 'prisma', migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  );
  return new Map(rows.map((row) => [keyOf(row), row.checksum]));
}

function isMissing(migration: Migration, applied: Applied, url: string): boolean {
  const known = applied.get(keyOf(migration));
  if (known !== undefined && known !== migration.checksum) {
    throw new Failure(
      `The migration ${keyOf(migration)} was changed after it had been applied to ${databaseIn(url)}.\n` +
        'Put it back and write a new one (npm run db:new), or let the database be made anew: npm start -- --fresh, npm run migrate -- --fresh <service>.',
    );
  }
  return known === undefined;
}

async function applyOne(client: pg.Client, migration: Migration, url: string): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(migration.sql);
    await note(client, migration);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw new Failure(`The migration ${keyOf(migration)} does not run on ${databaseIn(url)}: ${describe(error, migration.sql)}`);
  }
}

async function note(client: pg.Client, { room, name, checksum }: Migration): Promise<void> {
  if (room === 'prisma') {
    const insert =
      'INSERT INTO public._prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ($1, $2, $3, now(), 1)';
    await client.query(insert, [randomUUID(), checksum, name]);
  } else {
    await client.query('INSERT INTO migrations.applied (room, name, checksum) VALUES ($1, $2, $3)', [room, name, checksum]);
  }
}

/** PostgreSQL's message, and the line of the file it points at. */
function describe(error: unknown, sql: string): string {
  if (!(error instanceof pg.DatabaseError)) return String(error);
  const line = error.position ? ` (line ${sql.slice(0, Number(error.position)).split('\n').length})` : '';
  return `${error.message}${line}${error.detail ? `\n${error.detail}` : ''}`;
}

const databaseIn = (url: string): string => new URL(url).pathname.slice(1);
