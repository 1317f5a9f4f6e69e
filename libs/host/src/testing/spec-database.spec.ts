import { sessionOf, type Statement } from '@tandem/kernel';
import { createSpecDatabase, type SpecDatabase } from './spec-database.js';
import { aLatch } from './spec-process.js';

const one: Statement = { name: 'spec_one', text: 'SELECT 1 AS one' };

describe('the database of a spec', () => {
  let spec: SpecDatabase;
  let other: SpecDatabase;
  beforeAll(async () => {
    [spec, other] = await Promise.all([createSpecDatabase('host'), createSpecDatabase('host')]);
  });
  afterAll(() => Promise.all([spec.drop(), other.drop()]));

  it('rejects what the callback of a transaction asks of it instead of its own session, a transaction too', async () => {
    const { database } = spec;
    const forbidden = 'asked of the database in a transaction of it: ask its `tx`';
    await expect(database.transaction(() => database.query(one))).rejects.toThrow(forbidden);
    await expect(database.transaction(() => database.transaction(() => Promise.resolve(1)))).rejects.toThrow(forbidden);
  });

  it('answers whoever is in a transaction of another database, or beside one', async () => {
    const { database } = spec;
    expect(await other.database.transaction(() => database.query(one))).toEqual([{ one: 1 }]);
    const { opened, open } = aLatch();
    const transaction = database.transaction(() => opened);
    expect(await database.query(one)).toEqual([{ one: 1 }]);
    open();
    await transaction;
  });

  it('answers what waits for the end of its transaction', async () => {
    const { database } = spec;
    const { opened, open } = aLatch();
    const woken: unknown[] = [];
    let later: Promise<unknown> | undefined;
    await database.transaction(async (tx) => {
      sessionOf(tx).afterCommit(() => void woken.push(database.query(one)));
      later = opened.then(() => database.query(one));
    });
    open();
    expect([await Promise.all(woken), await later]).toEqual([[[{ one: 1 }]], [{ one: 1 }]]);
  });
});
