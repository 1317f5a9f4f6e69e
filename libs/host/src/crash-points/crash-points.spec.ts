import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Database, sessionOf } from '@tandem/kernel';
import { createSpecDatabase } from '../testing/index.js';
import { createDatabase } from '../database.js';
import { databaseWithCrashPoints, providerWithCrashPoints } from './with-crash-points.js';

const insert = { name: 'insert', text: 'INSERT INTO thing VALUES ($1)' };
const take = { name: 'take', text: 'DELETE FROM thing WHERE id = $1 RETURNING id' };
const parked = { name: 'parked', text: 'SELECT count(*)::int AS n FROM messaging.parked' };
const count = { name: 'count', text: 'SELECT count(*)::int AS n FROM thing' };

describe('crash points', () => {
  it('stand before and after each commit and each statement that writes by itself, with another after where it answers rows; reads have none', async () => {
    const spec = await createSpecDatabase('catalog');
    try {
      await spec.pool.query('CREATE TABLE thing (id int PRIMARY KEY)');
      const reached: string[] = [];
      const database = databaseWithCrashPoints(createDatabase(spec.pool), (point) => reached.push(point));
      await database.query(insert, [1]);
      await database.transaction(async (tx) => {
        await sessionOf(tx).query(count);
        await sessionOf(tx).query(insert, [2]);
      });
      await database.transaction((tx) => sessionOf(tx).query(count));
      for (const id of [2, 3]) await database.query(take, [id]);
      for (const written of [[], [4]])
        await database.transaction(async (tx) => {
          for (const id of written) await sessionOf(tx).query(insert, [id]);
          await sessionOf(tx).query(take, [3]);
        });
      await database.query(take, [4]);
      await expect(database.query(insert, [1])).rejects.toThrow('duplicate key');
      expect(await database.query(count)).toEqual([{ n: 1 }]);
      expect(await database.query(parked)).toEqual([{ n: 0 }]);
      expect(reached).toEqual([
        'database insert, before',
        'database insert, after',
        'commit insert, before',
        'commit insert, after',
        'database take, before',
        'database take, after, with rows',
        'database take, before',
        'database take, after',
        'commit insert, before',
        'commit insert, after',
        'database take, before',
        'database take, after, with rows',
        'database insert, before',
      ]);
    } finally {
      await spec.drop();
    }
  });

  it('stand around every function that a migration gives the messaging schema', async () => {
    const spec = await createSpecDatabase('catalog');
    try {
      const { rows } = await spec.pool.query<{ name: string }>(
        `SELECT DISTINCT proname AS name FROM pg_proc WHERE pronamespace = 'messaging'::regnamespace AND provolatile = 'v'`,
      );
      const names = rows.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['admit', 'discard', 'retract']));
      const reached: string[] = [];
      const silent: Database = { query: () => Promise.resolve([]), transaction: () => Promise.reject(new Error('none is asked for')) };
      const database = databaseWithCrashPoints(silent, (point) => reached.push(point));
      for (const name of names) await database.query({ name, text: `SELECT * FROM messaging.${name}($1)` });
      expect(reached).toEqual(names.flatMap((name) => [`database ${name}, before`, `database ${name}, after`]));
    } finally {
      await spec.drop();
    }
  });

  it('stand around each call of a provider, and change nothing of it', async () => {
    const reached: string[] = [];
    const bank = { name: 'sandbox', charge: (amount: number) => Promise.resolve(amount * 2), close: () => Promise.resolve() };
    const wrapped = providerWithCrashPoints('bank', bank, (point) => reached.push(point));
    expect([wrapped.name, await wrapped.charge(21), await wrapped.close(), reached]).toEqual([
      'sandbox',
      42,
      undefined,
      ['bank charge, before', 'bank charge, after'],
    ]);
  });

  it('end the process at the armed one, once, as kill -9 does', () => {
    const folder = mkdtempSync(join(tmpdir(), 'crash-points-'));
    const source = pathToFileURL(join(import.meta.dirname, '../../dist/crash-points/reach.js')).href;
    const run = () =>
      spawnSync(process.execPath, [
        '--input-type=module',
        '-e',
        `import { crashPoints } from '${source}'; const reach = crashPoints('${folder}', 'order'); reach('a'); reach('b'); reach('a'); console.log('alive');`,
      ]);
    try {
      writeFileSync(join(folder, 'armed'), 'order: b');
      const [first, second] = [run(), run()];
      expect([first.signal, first.stdout.toString(), second.signal, second.stdout.toString()]).toEqual(['SIGKILL', '', null, 'alive\n']);
      expect([readFileSync(join(folder, 'crashed'), 'utf8'), readFileSync(join(folder, 'seen'), 'utf8')]).toEqual([
        'order: b\n',
        'order: a\norder: b\norder: a\norder: b\n',
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
