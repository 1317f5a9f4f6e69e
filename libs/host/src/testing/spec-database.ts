import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Database } from '@tandem/kernel';
import { createOutbox, type Outbox } from '@tandem/messaging';
import { fenced } from '@tandem/messaging/testing';
import type pg from 'pg';
import { databaseOf } from '../config.js';
import { createDatabase, createPool } from '../database.js';
import { newUuid } from '../ids.js';
import { createLogger } from '../logger.js';

/** An event as its service has written it down. */
export type SpecEvent = { readonly type: string; readonly key: string; readonly data: Readonly<Record<string, unknown>> };

/** A database of one suite, made from the migrations of its service. */
export type SpecDatabase = {
  readonly url: string;
  readonly pool: pg.Pool;
  /** Rejects what a transaction's own callback asks of it: that would wait for a second connection while it holds one. */
  readonly database: Database;
  /** Checks what is written against its schema; nothing publishes it. */
  readonly outbox: Outbox;
  /** What stands in the outbox for a key, in order; for every key when none is named. */
  events(key?: string): Promise<readonly SpecEvent[]>;
  drop(): Promise<void>;
};

/** Needs `TEST_DATABASE_URL`, a server where databases may be created. Runs in the root of the repository, as Jest does. */
export async function createSpecDatabase(service: string): Promise<SpecDatabase> {
  const server = process.env['TEST_DATABASE_URL'];
  if (server === undefined)
    throw new Error(
      'TEST_DATABASE_URL must name a PostgreSQL server for this suite, e.g. postgres://postgres:postgres@127.0.0.1:5432/postgres',
    );
  const logger = createLogger(`${service}-spec`, 'silent');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = createPool(server, 1, logger);
  await admin.query(`CREATE DATABASE ${name}`);
  const url = databaseOf(server, name);
  const pool = createPool(url, 10, logger);
  await pool.query(bookkeeping);
  for (const { file, note } of await migrationsOf(service)) {
    await pool.query(await readFile(file, 'utf8'));
    await pool.query(...note);
  }
  return {
    url,
    pool,
    database: fenced(createDatabase(pool)),
    outbox: createOutbox({ service, newId: newUuid, wake: () => undefined, validate: true }),
    events: async (key) => {
      const text = `SELECT headers::json->>'ce_type' AS type, key, payload FROM messaging.outbox WHERE $1::text IS NULL OR key = $1 ORDER BY id`;
      const { rows } = await pool.query<{ type: string; key: string; payload: string }>(text, [key ?? null]);
      return rows.map(({ payload, ...row }) => ({ ...row, data: JSON.parse(payload) as Record<string, unknown> }));
    },
    drop: async () => {
      await pool.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

/** What `npm run migrate` notes, as far as a service looks at it. */
const bookkeeping = `CREATE SCHEMA migrations; CREATE TABLE migrations.applied (room text, name text);
  CREATE TABLE public._prisma_migrations (migration_name text, finished_at timestamptz)`;

type Note = readonly [text: string, values: string[]];

async function migrationsOf(service: string): Promise<readonly { readonly file: string; readonly note: Note }[]> {
  const own = service === 'host' ? [] : await filesOf(`prisma/${service}/migrations`);
  const applied = (room: string) => (file: string) => ({
    file,
    note: ['INSERT INTO migrations.applied VALUES ($1, $2)', [room, basename(file, '.sql')]] as const,
  });
  return [
    ...(await filesOf('libs/messaging/migrations')).map(applied('messaging')),
    ...(await filesOf('libs/host/migrations')).map(applied('platform')),
    ...own.map((file) => ({
      file,
      note: ['INSERT INTO public._prisma_migrations VALUES ($1, now())', [basename(dirname(file))]] as const,
    })),
  ].map(({ file, note: [text, values] }) => ({ file, note: [text, [...values]] }));
}

async function filesOf(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true }))
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => `${folder}/${file}`);
}
