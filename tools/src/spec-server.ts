import { randomBytes } from 'node:crypto';
import { databaseOn, dropDatabase, ensureDatabase } from './migrations/databases.js';

/** The PostgreSQL server for tests. Throws when none is named. */
export function testServer(): string {
  const url = process.env['TEST_DATABASE_URL'];
  if (!url) throw new Error('TEST_DATABASE_URL must name a PostgreSQL server for this suite; "npm test" starts one.');
  return url;
}

/** Gives `work` an empty database of its own, gone afterwards. */
export async function withDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  const url = databaseOn(testServer(), `test_${randomBytes(6).toString('hex')}`);
  await ensureDatabase(url);
  try {
    return await work(url);
  } finally {
    await dropDatabase(url);
  }
}
