import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 } from 'uuid';
import type { Delivery } from '../consuming/delivery.js';
import { defaultPolicy } from '../consuming/policy.js';
import type { LogRecord } from '../event-log.js';
import type { SpecDatabase } from '../spec-database.js';
import { poison } from '../handler.js';
import { type Call, createSpecStore, eventually, recordOf, serve, silent } from '../spec-service.js';
import { claimDue } from './parked-rows.js';
import { createParking } from './parking.js';
import { closedSql, pgDeadLetters } from './pg-dead-letters.js';

let db: SpecDatabase;
beforeAll(async () => void (db = await createSpecStore()), 30_000);
afterAll(() => db.drop(), 30_000);

const foreign: LogRecord = {
  topic: 'order',
  key: null,
  headers: {},
  value: '',
  partition: 1,
  offset: 1n,
  timestamp: new Date('2026-01-01T00:00:00Z'),
};

async function park(record: LogRecord, status: 'open' | 'dead' = 'open'): Promise<void> {
  const parking = createParking({
    group: 'spec',
    newId: v7,
    deadLetterId: String,
    wakeRetries: () => undefined,
    wakeRelay: () => undefined,
    logger: silent,
  });
  const decoded = { kind: 'invalid', place: undefined, type: undefined, because: 'x' } as const;
  const delivery: Delivery = { record, decoded, policy: defaultPolicy, signal: new AbortController().signal };
  await db.database.transaction((tx) =>
    parking.park(tx, delivery, { class: 'invalid', reason: 'a\0b', status, afterMs: 0, tries: [], rounds: 0 }),
  );
}

describe('whatever a record is made of', () => {
  it.each([
    ['bytes that are no text', { value: null, raw: Buffer.from([0xff, 0x00, 0xfe]) }],
    ['text with NUL', { value: 'a\0b' }],
    ['a tombstone', { value: null }],
    ['an empty text', { value: '' }],
    ['a large text', { value: `"${'x'.repeat(900_000)}"` }],
    ['text full of escapes', { value: JSON.stringify('\\u0000 "\' \u0001 \ud83d\ude00') }],
  ])('%s is kept, and comes back as it was', async (_name, changes) => {
    await db.sql('TRUNCATE messaging.parked');
    const record = { ...foreign, ...changes };
    await park(record);
    const [due] = await claimDue(db.database, 'spec', 10);

    expect({ value: due?.record.value, raw: due?.record.raw && [...due.record.raw] }).toEqual({
      value: record.value,
      raw: 'raw' in record ? [...record.raw] : undefined,
    });
  });

  it('odd keys, headers and reasons are kept as far as PostgreSQL can', async () => {
    await db.sql('TRUNCATE messaging.parked');
    await park({ ...foreign, key: `k\0${'x'.repeat(10_000)}`, headers: { 'a\0': '\ud800', ce_type: 't\0' } }, 'dead');
    const [letter] = (await pgDeadLetters(db.database, () => undefined).list()).items;

    expect(letter).toMatchObject({
      key: `k\ufffd${'x'.repeat(254)}`,
      headers: { 'a\ufffd': '\ufffd', ce_type: 't\ufffd' },
      type: 't\ufffd',
      reason: 'a\ufffdb',
      eventId: null,
      status: 'dead',
    });
    expect((await db.sql<{ topic: string }>('SELECT topic FROM messaging.outbox')).map(({ topic }) => topic)).toEqual(['dead-letters']);
  });

  it('the same record parked again changes nothing; another one at the same offset is another letter', async () => {
    await db.sql('TRUNCATE messaging.parked');
    for (const value of ['a', 'a', 'b']) await park({ ...foreign, value });
    expect(
      (await pgDeadLetters(db.database, () => undefined).list()).items.map(({ payload, attempts }) => ({ payload, attempts })),
    ).toEqual([
      { payload: 'a', attempts: 0 },
      { payload: 'b', attempts: 0 },
    ]);
  });

  it('many are listed in pages, oldest first', async () => {
    await db.sql('TRUNCATE messaging.parked');
    for (let i = 0; i < 12; i += 1) await park({ ...foreign, offset: BigInt(i), value: String(i) });
    const letters = pgDeadLetters(db.database, () => undefined);
    const first = await letters.list({}, { limit: 5 });
    const second = await letters.list({}, { limit: 5, cursor: first.next ?? '' });
    const third = await letters.list({}, { limit: 5, cursor: second.next ?? '' });
    expect([first, second, third].map(({ items }) => items.map(({ payload }) => payload))).toEqual([
      ['0', '1', '2', '3', '4'],
      ['5', '6', '7', '8', '9'],
      ['10', '11'],
    ]);
    expect(third.next).toBeNull();
    await expect(letters.list({}, { cursor: 'none of ours' })).rejects.toThrow('bigint');
    await expect(letters.audit({ cursor: 'none of ours' })).rejects.toThrow('bigint');
    expect(await letters.replay({ filter: { topic: 'order' } }, { actor: 'ops', dryRun: true })).toEqual({ matched: 12, replayed: [] });
    expect((await letters.list({ failedBefore: new Date(0) })).items).toEqual([]);
    expect((await letters.list({ failedBefore: new Date(Date.now() + 60_000) })).items).toHaveLength(12);
    expect(await letters.show('nonsense')).toBeUndefined();
    expect(await letters.discard(v7(), { actor: 'ops', reason: 'x' })).toEqual({ kind: 'not-found' });
  });

  it('keys are named of which one was settled since, each once', async () => {
    await db.sql('TRUNCATE messaging.parked');
    const letters = pgDeadLetters(db.database, () => undefined);
    for (let i = 0; i < 3; i += 1) await park({ ...foreign, offset: BigInt(i), value: String(i) }, 'dead');
    await db.sql(`UPDATE messaging.parked SET key = CASE "offset" WHEN 2 THEN 'other' ELSE 'one' END`);
    expect(await letters.closedSince(new Date(0), 9)).toEqual([]);
    for (const { id, key } of (await letters.list()).items) if (key === 'one') await letters.discard(id, { actor: 'ops', reason: 'x' });
    expect(await letters.closedSince(new Date(Date.now() - 60_000), 9)).toEqual(['one']);
    expect(await letters.closedSince(new Date(Date.now() + 60_000), 9)).toEqual([]);
    for (const { id } of (await letters.list()).items) await letters.discard(id, { actor: 'ops', reason: 'x' });
    expect(await letters.closedSince(new Date(0), 9)).toHaveLength(2);
    expect(await letters.closedSince(new Date(0), 1)).toHaveLength(1);
  });

  it('that were settled lately are found without reading the others', async () => {
    await db.sql(`INSERT INTO messaging.parked (id, grp, topic, partition, "offset", key, identity, headers, encoding, recorded_at, class, reason, status, closed_at)
      SELECT gen_random_uuid(), 'spec', 'order', 0, n, n::text, 'settled ' || n, '{}', 'text', now(), 'poison', 'x', 'discarded', now() - interval '1 hour'
      FROM generate_series(1, 5000) n`);
    await db.sql('ANALYZE messaging.parked');
    const rows = await db.sql<{ 'QUERY PLAN': string }>(`EXPLAIN (GENERIC_PLAN) ${closedSql.text}`);
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('parked_closed');
  });

  it('many are replayed at a pace, oldest first, and the audit log says who did it and why', async () => {
    await db.sql('TRUNCATE messaging.parked, messaging.audit');
    for (let i = 0; i < 5; i += 1) await park({ ...foreign, offset: BigInt(i), value: String(i) }, 'dead');
    const letters = pgDeadLetters(db.database, () => undefined);
    const { matched, replayed } = await letters.replay({ filter: {} }, { actor: 'ops', reason: 'mended', keysPerSecond: 2 });
    const due = await db.sql<{ payload: string; inMs: number }>(
      `SELECT payload, round(extract(epoch FROM next_at - min(next_at) OVER ()) * 1000)::int AS "inMs" FROM messaging.parked ORDER BY next_at`,
    );
    expect([matched, replayed.length, due]).toEqual([5, 5, [0, 1, 2, 3, 4].map((n) => ({ payload: String(n), inMs: n * 500 }))]);
    const [first] = (await letters.list()).items;
    expect(await letters.audit({ deadLetter: first?.id ?? '' })).toEqual([
      { position: expect.any(String), at: expect.any(Date), actor: 'ops', action: 'replay', deadLetter: first?.id, detail: 'mended' },
    ]);
    expect(await letters.audit()).toHaveLength(5);
  });
});

describe('what is set aside', () => {
  it('is named in the log, with why: as a warning, unless it only waits for an earlier one', async () => {
    await db.sql('TRUNCATE messaging.parked, messaging.mark');
    const lines: (readonly [string, object])[] = [];
    const told = (level: string) => (facts: object, sentence: string) => {
      if (sentence === 'a message was set aside') lines.push([level, facts]);
    };
    const logger = { debug: told('debug'), info: told('info'), warn: told('warn'), error: told('error') };
    const call: Call = ({ orderId }) =>
      orderId === 'sick' ? Promise.reject(new RangeError('the carrier\nis sick')) : Promise.resolve(poison('no such street'));
    const service = await serve(db, { call, logger, options: { policy: { inPlaceMs: [], parkedMs: [600_000] } } });
    const records = [
      recordOf({ orderId: 'lost', n: 1 }, 1),
      recordOf({ orderId: 'lost', n: 2 }, 2),
      recordOf({ orderId: 'sick', n: 1 }, 1),
    ];
    await service.log.publish([...records, recordOf({ orderId: 'torn', n: 1 }, 1, { value: 'not json' })]);
    await eventually(
      () => lines,
      (all) => all.length === 4,
    );
    await service.stop();

    const letters = (await pgDeadLetters(db.database, () => undefined).list()).items;
    const expected = letters.map(({ id, status, offset, topic, key, type, class: reasonClass, reason }) => [
      reasonClass === 'behind' ? 'debug' : 'warn',
      {
        ...{ deadLetter: `dl_${id}`, topic, key, type, offset: String(offset), class: reasonClass, reason },
        as: reasonClass === 'behind' ? 'behind' : status,
      },
    ]);
    expect(lines).toEqual(expect.arrayContaining(expected));
    expect(letters.map(({ key, class: reasonClass, reason }) => [key, reasonClass, reason])).toEqual(
      expect.arrayContaining([
        ['lost', 'poison', 'no such street'],
        ['sick', 'transient', 'RangeError: the carrier is sick'],
      ]),
    );
  });
});
