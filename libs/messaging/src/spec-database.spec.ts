import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Statement } from '@tandem/kernel';
import { createSpecDatabase, type SpecDatabase } from './spec-database.js';

const one: Statement = { name: 'spec.one', text: 'SELECT 1 AS one' };

let db: SpecDatabase;
beforeAll(async () => void (db = await createSpecDatabase()), 30_000);
afterAll(() => db.drop(), 30_000);

describe('the database of a spec of messaging', () => {
  it('rejects what the callback of a transaction asks of it instead of its own session', async () => {
    const { database } = db;
    await expect(database.transaction(() => database.query(one))).rejects.toThrow('asked of the database in a transaction of it');
    expect(await database.query(one)).toEqual([{ one: 1 }]);
  });
});
