import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createDatabase, createLogger, createPool, databaseOf, newUuid } from '@tandem/host';
import type { Database } from '@tandem/kernel';
import { createOutbox, type Outbox } from '@tandem/messaging';
import type pg from 'pg';

/** A database of its own for one suite, made from the migrations, with an outbox that checks what it is given. */
export type SpecDatabase = {
  readonly pool: pg.Pool;
  readonly database: Database;
  readonly outbox: Outbox;
  /** Any SQL, for arranging and looking. */
  readonly sql: <Row extends object>(text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
  readonly drop: () => Promise<void>;
};

/** Needs `TEST_DATABASE_URL`, a server where databases may be created. */
export async function createSpecDatabase(): Promise<SpecDatabase> {
  const server = process.env['TEST_DATABASE_URL'];
  if (server === undefined) throw new Error('TEST_DATABASE_URL must name a PostgreSQL server for this suite, e.g. postgres://postgres:postgres@127.0.0.1:5432/postgres');
  const logger = createLogger('order-spec', 'silent');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = createPool(server, 1, logger);
  await admin.query(`CREATE DATABASE ${name}`);
  const pool = createPool(databaseOf(server, name), 10, logger);
  for (const file of await migrations()) await pool.query(await readFile(file, 'utf8'));
  return {
    pool,
    database: createDatabase(pool),
    outbox: createOutbox({ service: 'order', newId: newUuid, wake: () => undefined, validate: true }),
    sql: async <Row extends object>(text: string, values: readonly unknown[] = []) => (await pool.query<Row>(text, [...values])).rows,
    drop: async () => {
      await pool.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

async function migrations(): Promise<readonly string[]> {
  const own = (await readdir('prisma/order/migrations')).filter((entry) => /^\d/.test(entry)).sort();
  const shared = ['libs/messaging/migrations/0001_messaging.sql', 'libs/host/migrations/0001_platform.sql'];
  return [...shared, ...own.map((entry) => `prisma/order/migrations/${entry}/migration.sql`)];
}
