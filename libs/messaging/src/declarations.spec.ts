import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { memoryEventLog } from './adapters/memory/memory-event-log.js';
import { MemoryStore } from './adapters/memory/memory-store.js';
import type { EventLog } from './event-log.js';
import { done } from './handler.js';
import type { SpecDatabase } from './spec-database.js';
import { type Call, type SpecService, applied, createSpecStore, eventually, recordOf, serve } from './spec-service.js';

let db: SpecDatabase;
let services: SpecService[] = [];
beforeAll(async () => void (db = await createSpecStore()), 30_000);
afterAll(() => db.drop(), 30_000);
afterEach(async () => {
  await Promise.all(services.map((service) => service.stop()));
  services = [];
  await db.sql('TRUNCATE messaging.inbox, messaging.mark, messaging.parked, effect');
});

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const effects = async (): Promise<number> => (await db.sql('SELECT FROM effect')).length;

describe('a cron-like consumer', () => {
  it('wakes on its schedule, drains and leaves; what comes while it sleeps waits for the next time', async () => {
    const log = memoryEventLog();
    const visits: ('joined' | 'left')[] = [];
    const watched: EventLog = {
      ...log,
      subscribe: async (options) => {
        visits.push('joined');
        const subscription = await log.subscribe(options);
        return { ...subscription, close: () => (visits.push('left'), subscription.close()) };
      },
    };
    const service = await serve(db, { call: applied, log: watched, options: { wakeEveryMs: 1_000 } });
    services.push(service);
    await log.publish(numbers(5).map((n) => recordOf({ orderId: `a-${n}`, n: 1 }, 1)));
    await eventually(
      () => visits,
      (seen) => seen.length === 2,
    );
    const first = await effects();
    await log.publish(numbers(5).map((n) => recordOf({ orderId: `b-${n}`, n: 1 }, 1)));
    const [asleep, ready] = [await effects(), service.messaging.ready()];
    await eventually(effects, (count) => count === 10);
    expect({ asleep: asleep - first, ready: ready.ok, visits: visits.slice(0, 3) }).toEqual({
      asleep: 0,
      ready: true,
      visits: ['joined', 'left', 'joined'],
    });
  });
});

describe('competing workers', () => {
  it('share a queue: each message goes to one of them, all of them work, and the order of a key holds', async () => {
    const store = new MemoryStore();
    const by = new Map<string, number>();
    const work =
      (name: string): Call =>
      async (event, tx, message) => {
        by.set(name, (by.get(name) ?? 0) + 1);
        await applied(event, tx, message);
        return done;
      };
    for (const name of ['one', 'two', 'three']) services.push(await serve(db, { call: work(name), log: memoryEventLog({ store }) }));
    for (const n of [1, 2, 3]) await services[0]?.log.publish(numbers(60).map((key) => recordOf({ orderId: `a-${key}`, n }, n)));
    await eventually(effects, (count) => count === 180);
    const rows = await db.sql<{ order_id: string; ns: number[] }>(
      'SELECT order_id, array_agg(n ORDER BY at) AS ns FROM effect GROUP BY order_id',
    );
    expect(rows.every(({ ns }) => ns.join() === '1,2,3')).toBe(true);
    expect([...by.keys()].sort()).toEqual(['one', 'three', 'two']);
    expect([...by.values()].reduce((sum, count) => sum + count, 0)).toBe(180);
  });
});

describe('a routing rule', () => {
  it('takes what it wants of the body, and what it lets go counts as settled', async () => {
    const service = await serve(db, { call: applied, options: { where: ({ data }) => (data as { n: number }).n !== 2 } });
    services.push(service);
    await service.log.publish([1, 2, 3].map((n) => recordOf({ orderId: 'a', n }, n)));
    await eventually(
      () => service.effects('a'),
      (ns) => ns.length === 2,
    );
    expect(await service.effects('a')).toEqual([1, 3]);
    expect(await db.sql('SELECT last::int FROM messaging.mark')).toEqual([{ last: 3 }]);
  });
});
