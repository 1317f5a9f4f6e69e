import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createDatabase, createLogger, createPool, databaseOf } from '@tandem/host';
import type { Database } from '@tandem/kernel';
import type pg from 'pg';

/** A database of its own for one suite, made from the migrations. */
export type SpecDatabase = { readonly pool: pg.Pool; readonly database: Database; readonly drop: () => Promise<void> };

const folders = ['libs/messaging/migrations', 'libs/host/migrations', 'prisma/cart/migrations'];

/** Needs `TEST_DATABASE_URL`, a server where databases may be created. */
export async function createSpecDatabase(): Promise<SpecDatabase> {
  const server = process.env['TEST_DATABASE_URL'];
  if (server === undefined) throw new Error('TEST_DATABASE_URL must name a PostgreSQL server for this suite, e.g. postgres://postgres:postgres@127.0.0.1:5432/postgres');
  const logger = createLogger('cart-spec', 'silent');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = createPool(server, 1, logger);
  await admin.query(`CREATE DATABASE ${name}`);
  const pool = createPool(databaseOf(server, name), 8, logger);
  for (const file of await migrations()) await pool.query(await readFile(file, 'utf8'));
  return {
    pool,
    database: createDatabase(pool),
    drop: async () => {
      await pool.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

async function migrations(): Promise<readonly string[]> {
  const files = await Promise.all(folders.map(async (folder) => (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.sql')).sort().map((file) => `${folder}/${file}`)));
  return files.flat();
}
