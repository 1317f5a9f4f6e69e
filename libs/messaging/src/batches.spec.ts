import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import { deadLetterTopic, topics } from '@tandem/contracts';
import type { NewRecord } from './event-log.js';
import { type Message, Unavailable, done, ignored, poison } from './handler.js';
import type { OnOptions } from './on.js';
import type { SpecDatabase } from './spec-database.js';
import { type BatchCall, type SpecService, appliedTogether, createSpecStore, eventually, recordOf, serve } from './spec-service.js';
import { type RealLog, onRealLogs } from './testing/spec-real-logs.js';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

jest.setTimeout(30_000);

onRealLogs((open) => {
  /** One group per run, as a broker may hold what earlier runs have left; one family of order ids per case. */
  const group = `batches-${randomBytes(4).toString('hex')}`;
  let run: string;
  let db: SpecDatabase;
  let real: RealLog;
  let services: SpecService[] = [];

  beforeAll(async () => {
    db = await createSpecStore();
    real = await open();
    await real.client().ensureTopics([...Object.values(topics), deadLetterTopic]);
  });
  afterEach(async () => {
    await Promise.all(services.map((service) => service.stop()));
    services = [];
    await db.sql('TRUNCATE messaging.inbox, messaging.mark, messaging.parked, effect');
  });
  afterAll(async () => {
    await db.drop();
    await real.drop();
  });

  /** Publishes first, so that the member that joins finds company for its batches. */
  async function consuming(records: readonly NewRecord[], call: BatchCall, options: OnOptions<unknown> = {}): Promise<SpecService> {
    await real.client().publish(records);
    const where = (message: Message): boolean => message.key.startsWith(run) && (options.where?.(message) ?? true);
    const service = await serve(db, { service: group, batch: { most: 20, call }, options: { ...options, where }, log: real.client() });
    services.push(service);
    return service;
  }

  /** `each` events of `orders` orders; the n-th of every order before the next of any. */
  function events(orders: number, each: number): readonly NewRecord[] {
    run = `${group}-${randomBytes(4).toString('hex')}`;
    return numbers(each).flatMap((n) => numbers(orders).map((order) => recordOf({ orderId: `${run}-${order}`, n: n + 1 }, n + 1)));
  }

  type Effects = { readonly total: number; readonly distinct: number; readonly inversions: number; readonly transactions: number };

  const effects = async (): Promise<Effects> => {
    const [row] = await db.sql<Effects>(
      `SELECT count(*)::int AS total, count(DISTINCT (order_id, n))::int AS distinct, count(*) FILTER (WHERE n < previous)::int AS inversions, count(DISTINCT xid)::int AS transactions
         FROM (SELECT order_id, n, xmin::text AS xid, lag(n) OVER (PARTITION BY order_id ORDER BY at) AS previous FROM effect) e`,
    );
    if (!row) throw new Error('no row');
    return row;
  };
  const untilEffects = (count: number): Promise<Effects> => eventually(effects, ({ total }) => total >= count);
  const caughtUp = (service: SpecService): Promise<unknown> =>
    eventually(
      () => service.log.lag(group),
      (lags) => lags.length > 0 && lags.every(({ lag }) => lag === 0n),
    );
  const aside = (): Promise<readonly { key: string; class: string; status: string }[]> =>
    db.sql(
      `SELECT key, class, status FROM messaging.parked WHERE status IN ('open', 'dead') AND key LIKE $1 || '%' ORDER BY key, sequence`,
      [run],
    );

  it('share transactions, in the order of their keys, each with its inbox row and its mark', async () => {
    const sizes: number[] = [];
    const call: BatchCall = async (all, tx, messages) => {
      sizes.push(all.length);
      expect(new Set(messages.map(({ key }) => key)).size).toBe(all.length);
      return appliedTogether(all, tx, messages);
    };
    const all = events(40, 5);
    const service = await consuming(all, call);
    const { transactions, ...seen } = await untilEffects(200);
    await caughtUp(service);
    expect(seen).toEqual({ total: 200, distinct: 200, inversions: 0 });
    expect(transactions).toBeLessThan(60);
    expect(Math.max(...sizes)).toBeGreaterThan(5);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(20);
    const ids = all.map(({ headers }) => headers['ce_id']);
    expect(await db.sql('SELECT count(*)::int AS inbox FROM messaging.inbox WHERE event_id = ANY($1::uuid[])', [ids])).toEqual([
      { inbox: 200 },
    ]);
    expect(await db.sql(`SELECT DISTINCT last::int FROM messaging.mark WHERE key LIKE $1 || '%'`, [run])).toEqual([{ last: 5 }]);
  });

  it('are taken apart by one that fails: it alone is set aside, everything else happens once', async () => {
    const sick = (): string => `${run}-7`;
    const call: BatchCall = async (all, tx, messages) => {
      await appliedTogether(all, tx, messages);
      if (all.some(({ orderId, n }) => orderId === sick() && n >= 3)) throw new Error('one of them is sick');
      return done;
    };
    await consuming(events(30, 5), call, { policy: { inPlaceMs: [10], parkedMs: [60_000] } });
    await untilEffects(29 * 5 + 2);
    const waiting = await eventually(aside, (rows) => rows.length === 3);
    expect(waiting).toEqual(['transient', 'behind', 'behind'].map((of) => ({ key: sick(), class: of, status: 'open' })));
    const { transactions: _, ...seen } = await effects();
    expect(seen).toEqual({ total: 147, distinct: 147, inversions: 0 });
  });

  it('are taken apart by an answer that is one message’s alone, e.g. poison', async () => {
    const call: BatchCall = async (all, tx, messages) => {
      if (all.some(({ orderId }) => orderId === `${run}-3`)) return poison('never');
      if (all.every(({ orderId }) => orderId === `${run}-4`)) return ignored('not wanted');
      return appliedTogether(all, tx, messages);
    };
    const service = await consuming(events(20, 1), call);
    await untilEffects(18);
    await caughtUp(service);
    expect(await aside()).toEqual([{ key: `${run}-3`, class: 'poison', status: 'dead' }]);
    expect(await effects()).toMatchObject({ distinct: (await effects()).total, inversions: 0 });
  });

  it('that come again, come too early or are let go are told apart inside a batch', async () => {
    const all = events(12, 3);
    const [hole, unwanted] = [`${run}-1`, `${run}-2`];
    const service = await consuming(
      [...all, ...all].filter(({ key, headers }) => key !== hole || headers['ce_sequence'] !== '2'),
      appliedTogether,
      {
        where: ({ key }) => key !== unwanted,
      },
    );
    const waiting = await eventually(aside, (rows) => rows.length === 1);
    await caughtUp(service);
    expect(waiting).toEqual([{ key: hole, class: 'gap', status: 'open' }]);
    const { transactions: _, ...seen } = await effects();
    expect(seen).toEqual({ total: 31, distinct: 31, inversions: 0 });
    await service.log.publish(all.filter(({ key, headers }) => key === hole && headers['ce_sequence'] === '2'));
    expect(await untilEffects(33)).toMatchObject({ total: 33, distinct: 33, inversions: 0 });
    expect(await db.sql(`SELECT DISTINCT last::int FROM messaging.mark WHERE key LIKE $1 || '%'`, [run])).toEqual([{ last: 3 }]);
  });

  it('leave nothing behind when the database goes away in the middle, and happen once afterwards', async () => {
    let cuts = 0;
    const call: BatchCall = async (all, tx, messages) => {
      await appliedTogether(all, tx, messages);
      if (all.length > 1 && cuts < 3) {
        cuts += 1;
        await db.cut();
      }
      return done;
    };
    const service = await consuming(events(40, 5), call);
    await eventually(
      () => effects().catch(() => ({ total: 0 })),
      ({ total }) => total >= 200,
    );
    await caughtUp(service);
    const { transactions: _, ...seen } = await effects();
    expect({ ...seen, cuts, aside: await aside() }).toEqual({ total: 200, distinct: 200, inversions: 0, cuts: 3, aside: [] });
  });

  it('wait, and park nothing, while a system is away', async () => {
    const away = { tries: 0 };
    const call: BatchCall = async (all, tx, messages) => {
      away.tries += 1;
      if (away.tries <= 3) throw new Unavailable('provider');
      return appliedTogether(all, tx, messages);
    };
    const service = await consuming(events(30, 2), call);
    await untilEffects(60);
    await caughtUp(service);
    expect({ effects: (await effects()).distinct, aside: await aside() }).toEqual({ effects: 60, aside: [] });
  });

  it('change nothing when the whole topic is replayed after the inbox was pruned', async () => {
    const all = events(30, 4);
    const service = await consuming(all, appliedTogether);
    await untilEffects(120);
    await caughtUp(service);
    await db.sql('TRUNCATE messaging.inbox');
    await service.log.publish([...all, recordOf({ orderId: `${run}-0`, n: 5 }, 5)]);
    const { transactions: _, ...seen } = await untilEffects(121);
    await caughtUp(service);
    expect(seen).toEqual({ total: 121, distinct: 121, inversions: 0 });
  });

  it('are shared by competing members, none twice, while members come and go', async () => {
    const all = events(60, 6);
    await consuming(all.slice(0, 180), appliedTogether);
    const second = await consuming(all.slice(180), appliedTogether);
    await untilEffects(200);
    await second.stop();
    services = services.filter((service) => service !== second);
    const { transactions: _, ...seen } = await untilEffects(360);
    expect(seen).toEqual({ total: 360, distinct: 360, inversions: 0 });
  });
});
