import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomFrom } from '@tandem/kernel/testing';
import { memoryEventLog } from './adapters/memory/memory-event-log.js';
import { MemoryStore } from './adapters/memory/memory-store.js';
import type { NewRecord } from './event-log.js';
import { Unavailable, done, effect } from './handler.js';
import type { SpecDatabase } from './spec-database.js';
import { type Call, type SpecService, applied, createSpecStore, eventually, recordOf, serve } from './spec-service.js';

let db: SpecDatabase;
let services: SpecService[] = [];

beforeAll(async () => void (db = await createSpecStore()), 30_000);
afterAll(() => db.drop(), 30_000);
afterEach(async () => {
  await Promise.all(services.map((service) => service.stop()));
  services = [];
  await db.sql('TRUNCATE messaging.outbox, messaging.counter, messaging.inbox, messaging.mark, messaging.parked, effect');
});

describe('two replicas of a service', () => {
  it.each([1, 2, 3])(
    'apply each message once and in order, whatever fails, is repeated, comes late or is cut off (seed %i)',
    async (seed) => {
      const random = randomFrom(seed);
      const store = new MemoryStore();
      const call: Call = async (event, tx, message) => {
        const luck = random();
        if (luck < 0.02) throw new Unavailable('smtp');
        if (luck < 0.3) {
          return effect(
            async () => (random() < 0.3 ? Promise.reject(new Error('lost')) : undefined),
            async (settling) => {
              await applied(event, settling, message);
              return done;
            },
          );
        }
        await applied(event, tx, message);
        if (luck < 0.5) throw new TypeError('cannot, now');
        return done;
      };
      const policy = { inPlaceMs: [1], laterMs: [10, 20], parkedMs: Array(200).fill(20) as number[] };
      for (let i = 0; i < 2; i += 1) services.push(await serve(db, { call, options: { policy }, log: memoryEventLog({ store }) }));
      const orders = [...Array(15).keys()].map((i) => `order-${i}`);
      const perOrder = 8;
      const records = orders.flatMap((orderId) => [...Array(perOrder).keys()].map((n) => recordOf({ orderId, n: n + 1 }, n + 1)));
      await publishMixed(records, random);

      const all = await eventually(
        () => db.sql<{ order_id: string; n: number }>('SELECT order_id, n FROM effect ORDER BY at'),
        (rows) => rows.length >= records.length,
        30_000,
      );
      for (const orderId of orders)
        expect(all.filter((row) => row.order_id === orderId).map(({ n }) => n)).toEqual([...Array(perOrder).keys()].map((n) => n + 1));
      await eventually(
        () => db.sql(`SELECT FROM messaging.parked WHERE status IN ('open', 'dead')`),
        (rows) => rows.length === 0,
      );
    },
    60_000,
  );

  /** Each record three times, orders interleaved, order within a key kept but for copies that come late. */
  async function publishMixed(records: readonly NewRecord[], random: () => number): Promise<void> {
    const [first] = services;
    const queue = [...records];
    const sent: NewRecord[] = [];
    while (queue.length > 0) {
      const keys = [...new Set(queue.map(({ key }) => key))];
      const key = keys[Math.floor(random() * keys.length)];
      const [next] = queue.splice(
        queue.findIndex((record) => record.key === key),
        1,
      );
      if (next) sent.push(next);
      const copies = [0, 1].flatMap(() => sent[Math.floor(random() * sent.length)] ?? []);
      await first?.log.publish(next ? [next, ...copies] : copies);
    }
  }
});

describe('stopping', () => {
  it('finishes the message in hand, begins no other, and the next process goes on after it', async () => {
    const store = new MemoryStore();
    let begun = 0;
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const slow: Call = async (event, tx, message) => {
      begun += 1;
      await released;
      return applied(event, tx, message);
    };
    const first = await serve(db, { call: slow, log: memoryEventLog({ store }) });
    await first.log.publish([1, 2, 3].map((n) => recordOf({ orderId: 'a', n }, n)));
    await eventually(
      () => begun,
      (count) => count === 1,
    );
    const stopped = first.stop();
    release();
    await stopped;
    expect(await first.effects('a')).toEqual([1]);

    services.push(await serve(db, { call: applied, log: memoryEventLog({ store }) }));
    expect(
      await eventually(
        () => first.effects('a'),
        (ns) => ns.length === 3,
      ),
    ).toEqual([1, 2, 3]);
    expect(begun).toBe(1);
  });

  it('is possible while the log and the database are away', async () => {
    const service = await serve(db, { call: applied });
    await service.log.close();
    await service.messaging.stop();
    await service.messaging.stop();
  });
});
