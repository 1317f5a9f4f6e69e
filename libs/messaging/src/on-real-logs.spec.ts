import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { topics } from '@tandem/contracts';
import { partitionOfKey } from './adapters/partition-of-key.js';
import type { RetryPolicy } from './consuming/policy.js';
import type { EventLog, Subscription } from './event-log.js';
import { type Message, done } from './handler.js';
import type { DeadLetter } from './operations.js';
import type { SpecDatabase } from './spec-database.js';
import { type Call, CountedV1, type SpecService, applied, createSpecStore, eventually, recordOf, serve } from './spec-service.js';
import { type RealLog, onRealLogs } from './testing/spec-real-logs.js';

/** How soon healthy orders are served although a neighbour is sick, ms: its tries in place take under a second (docs/messaging.md), the rest is for slow machines. */
const atOnceMs = 5_000;
const { partitions } = topics.order;

/** A service and the number of partitions it holds. */
type Replica = SpecService & { readonly holds: () => number };

onRealLogs((open) => {
  /** One group and one family of order ids per run: a broker may hold what earlier runs have left. */
  const run = `spec-${randomBytes(4).toString('hex')}`;
  let db: SpecDatabase;
  let real: RealLog;
  let services: SpecService[] = [];
  let made = 0;

  beforeAll(async () => {
    db = await createSpecStore();
    real = await open();
  });
  afterEach(stopAll);
  afterAll(async () => {
    await db.drop();
    await real.drop();
  });

  async function stopAll(): Promise<void> {
    await Promise.all(services.map((service) => service.stop()));
    services = [];
  }

  async function started(call: Call, policy: Partial<RetryPolicy>): Promise<Replica> {
    let member: Subscription | undefined;
    const client = real.client();
    const log: EventLog = { ...client, subscribe: async (options) => (member = await client.subscribe(options)) };
    const options = { where: ({ key }: Message) => key.startsWith(run), policy };
    const service = await serve(db, { service: run, call, options, log });
    services.push(service);
    return { ...service, holds: () => member?.assigned().length ?? 0 };
  }

  /** New order ids whose partition the rule accepts. */
  function orders(count: number, accepts: (partition: number) => boolean = () => true): string[] {
    const found: string[] = [];
    for (; found.length < count; made += 1) if (accepts(partitionOfKey(`${run}-${made}`, partitions))) found.push(`${run}-${made}`);
    return found;
  }

  /** Through the outbox, one transaction per event, the n-th of every order before the next of any. */
  async function happen(by: SpecService | undefined, orderIds: readonly string[], ns: readonly number[]): Promise<void> {
    for (const n of ns)
      for (const orderId of orderIds)
        await db.database.transaction(async (tx) => by?.messaging.outbox.enqueue(tx, CountedV1, { orderId, n }));
  }

  /** What was applied to each order once all have at least `count`. */
  async function seen(orderIds: readonly string[], count: number, withinMs = 15_000): Promise<Record<string, number[]>> {
    const look = async (): Promise<Record<string, number[]>> => {
      const rows = await db.sql<{ order_id: string; n: number }>('SELECT order_id, n FROM effect ORDER BY at');
      return Object.fromEntries(orderIds.map((orderId) => [orderId, rows.filter((row) => row.order_id === orderId).map(({ n }) => n)]));
    };
    return eventually(look, (effects) => Object.values(effects).every((ns) => ns.length >= count), withinMs);
  }

  const each = (orderIds: readonly string[], ns: readonly number[]): Record<string, readonly number[]> =>
    Object.fromEntries(orderIds.map((orderId) => [orderId, ns]));

  /** What is set aside and not yet settled of this run's orders, in the order it was set aside. */
  async function letters({ messaging }: SpecService, orderIds: readonly string[]): Promise<DeadLetter[]> {
    const { items } = await messaging.operations.deadLetters.list({ group: run }, { limit: 500 });
    return items.filter(({ key }) => key !== null && orderIds.includes(key));
  }

  const failing =
    (sick: ReadonlySet<string>): Call =>
    async (event, tx, message) => {
      await applied(event, tx, message);
      if (sick.has(event.orderId)) throw new TypeError('cannot');
      return done;
    };

  it('a sick order and records that are not JSON stop nobody, are listed, and replayed or given up in order of their key', async () => {
    const [sick = '', torn = '', ...neighbours] = orders(8, (partition) => partition === 7);
    const well = [...neighbours, ...orders(12, (partition) => partition !== 7)];
    const [host = ''] = neighbours;
    const sickOrders = new Set([sick]);
    const service = await started(failing(sickOrders), { parkedMs: [10] });
    const { deadLetters } = service.messaging.operations;
    await eventually(service.holds, (count) => count === partitions);
    await service.log.publish([
      { topic: 'order', key: host, headers: {}, value: 'not JSON' },
      recordOf({ orderId: torn, n: 1 }, 1),
      recordOf({ orderId: torn, n: 2 }, 2, { value: '{"orderId":' }),
      recordOf({ orderId: torn, n: 3 }, 3),
    ]);
    await happen(service, [sick, ...well], [1, 2, 3]);

    expect(await seen(well, 3, atOnceMs)).toEqual(each(well, [1, 2, 3]));
    expect(await seen([torn, sick], 0)).toEqual({ [torn]: [1], [sick]: [] });
    const found = await eventually(
      () => letters(service, [host, torn, sick]),
      (items) => items.length === 6 && items.filter(({ status }) => status === 'dead').length === 3,
    );
    // Keys are handled side by side: only within one there is an order.
    const listed = [host, torn, sick].flatMap((of) => found.filter(({ key }) => key === of));
    expect(listed.map(({ partition, key, sequence, class: of, status }) => ({ partition, key, sequence, of, status }))).toEqual([
      { partition: 7, key: host, sequence: null, of: 'invalid', status: 'dead' },
      { partition: 7, key: torn, sequence: 2n, of: 'invalid', status: 'dead' },
      { partition: 7, key: torn, sequence: 3n, of: 'behind', status: 'open' },
      { partition: 7, key: sick, sequence: 1n, of: 'transient', status: 'dead' },
      { partition: 7, key: sick, sequence: 2n, of: 'behind', status: 'open' },
      { partition: 7, key: sick, sequence: 3n, of: 'behind', status: 'open' },
    ]);

    sickOrders.clear();
    const heads = [listed[3]?.id];
    expect(await deadLetters.replay({ filter: { key: sick } }, { actor: 'ops' })).toEqual({ matched: 3, replayed: heads });
    await happen(service, [sick], [4]);
    expect(await seen([sick], 4)).toEqual({ [sick]: [1, 2, 3, 4] });

    await deadLetters.replay({ filter: { key: torn } }, { actor: 'ops' });
    const [head] = await eventually(
      () => letters(service, [torn]),
      ([first]) => first?.status === 'dead' && first.attempts === 2,
    );
    for (const id of [head?.id, listed[0]?.id])
      expect(await deadLetters.discard(id ?? '', { actor: 'ops', reason: 'never was JSON' })).toEqual({ kind: 'discarded' });
    expect(await seen([torn], 2)).toEqual({ [torn]: [1, 3] });
    expect(await letters(service, [host, torn, sick])).toEqual([]);
  });

  it('two replicas apply every fact once and in order, while connections are cut, replicas are replaced and one order is sick', async () => {
    const [sick = '', ...well] = orders(40);
    const sickOrders = new Set([sick]);
    const replica = (): Promise<Replica> => started(failing(sickOrders), { inPlaceMs: [5, 5], parkedMs: Array(100).fill(500) });
    const stays = await replica();
    let other = await replica();
    const bothServe = (): Promise<number[]> =>
      eventually(
        () => [stays.holds(), other.holds()],
        (held) => held.every((count) => count === partitions / 2),
      );
    await bothServe();
    const ns = [1, 2, 3, 4, 5];
    for (const n of ns) {
      await happen(stays, [sick, ...well.slice(0, 20)], [n]);
      await happen(other, well.slice(20), [n]);
      if (n === 2 || n === 4) await real.cut();
      if (n === 3) {
        await other.stop();
        other = await replica();
      }
    }
    expect(await seen(well, ns.length)).toEqual(each(well, ns));
    expect(await seen([sick], 0)).toEqual({ [sick]: [] });
    const listed = await eventually(
      () => letters(stays, [sick, ...well]),
      (items) => items.length >= ns.length,
    );
    expect(listed.map(({ key, sequence }) => ({ key, sequence }))).toEqual(ns.map((n) => ({ key: sick, sequence: BigInt(n) })));

    await bothServe();
    sickOrders.clear();
    await stays.messaging.operations.deadLetters.replay({ filter: { key: sick } }, { actor: 'ops' });
    expect(await seen([sick], ns.length)).toEqual({ [sick]: ns });
    expect(await letters(stays, [sick, ...well])).toEqual([]);
  });

  it('a replay of the whole topic makes no new effect, also after the inbox was pruned, and what is new goes on', async () => {
    const [sick = '', ...well] = orders(20);
    let calls = 0;
    const call: Call = (event, tx, message) => {
      calls += 1;
      return failing(new Set([sick]))(event, tx, message);
    };
    const first = await started(call, { parkedMs: [10] });
    await first.log.publish([{ topic: 'order', key: sick, headers: {}, value: 'not JSON' }]);
    await happen(first, [sick, ...well], [1, 2, 3]);
    expect(await seen(well, 3)).toEqual(each(well, [1, 2, 3]));
    await eventually(
      () => letters(first, [sick]),
      (items) => items.length === 4 && items.filter(({ status }) => status === 'dead').length === 2,
    );
    await stopAll();
    const before = await everything();
    await db.sql('TRUNCATE messaging.inbox');

    const operator = real.client();
    await operator.seek(run, 'order', { to: 'earliest' });
    expect(await behind()).toBeGreaterThanOrEqual(1 + 20 * 3);
    calls = 0;
    const second = await started(call, { parkedMs: [10] });
    await eventually(behind, (records) => records === 0);
    expect({ calls, ...(await everything()) }).toEqual({ calls: 0, ...before });

    await happen(second, well, [4]);
    expect(await seen(well, 4)).toEqual(each(well, [1, 2, 3, 4]));

    /** How many records the group has yet to be given. */
    async function behind(): Promise<number> {
      const lags = await operator.lag(run);
      return lags.filter(({ topic }) => topic === 'order').reduce((sum, { lag }) => sum + Number(lag), 0);
    }
  });

  /** All that messages have changed. */
  async function everything(): Promise<{ readonly effects: object[]; readonly parked: object[]; readonly marks: object[] }> {
    return {
      effects: await db.sql('SELECT * FROM effect ORDER BY at'),
      parked: await db.sql('SELECT * FROM messaging.parked ORDER BY position'),
      marks: await db.sql('SELECT * FROM messaging.mark ORDER BY grp, topic, key'),
    };
  }
});
