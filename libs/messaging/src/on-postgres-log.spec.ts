import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { postgresEventLog } from './adapters/postgres/postgres-event-log.js';
import { createLogDatabase } from './testing/spec-log-database.js';
import type { SpecDatabase } from './spec-database.js';
import { type Call, CountedV1, type SpecService, applied, createSpecStore, eventually, serve } from './spec-service.js';

let db: SpecDatabase;
let logDatabase: Awaited<ReturnType<typeof createLogDatabase>>;
let services: SpecService[] = [];

beforeAll(async () => {
  db = await createSpecStore();
  logDatabase = await createLogDatabase();
}, 30_000);
afterEach(async () => {
  await Promise.all(services.map((service) => service.stop()));
  services = [];
});
afterAll(async () => {
  await db.drop();
  await logDatabase.drop();
}, 30_000);

/** Ends every session of the log's database, as a restart of its server would. */
async function cutLog(): Promise<void> {
  const client = new pg.Client({ connectionString: logDatabase.url });
  await client.connect();
  await client
    .query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()')
    .finally(() => client.end());
}

describe('two replicas on the embedded log', () => {
  it('apply every fact once and in order, while connections are cut, one order is sick and one record is garbage', async () => {
    const sick = new Set(['order-7']);
    const call: Call = async (event, tx, message) => {
      if (sick.has(event.orderId)) throw new TypeError('cannot');
      return applied(event, tx, message);
    };
    const options = { policy: { inPlaceMs: [5, 5], parkedMs: Array(100).fill(500) as number[] } };
    for (let i = 0; i < 2; i += 1)
      services.push(await serve(db, { call, options, log: postgresEventLog({ connectionString: logDatabase.url }) }));
    const [first, second] = services;
    const orders = [...Array(40).keys()].map((i) => `order-${i}`);
    const ns = [1, 2, 3, 4, 5];
    await first?.log.publish([{ topic: 'order', key: 'order-3', headers: {}, value: 'garbage' }]);
    for (const n of ns) {
      for (const [i, orderId] of orders.entries()) {
        const by = i % 2 === 0 ? first : second;
        await db.database.transaction(async (tx) => by?.messaging.outbox.enqueue(tx, CountedV1, { orderId, n }));
      }
      if (n === 2 || n === 4) await cutLog();
    }
    const of = async (orderId: string): Promise<number[]> => (await first?.effects(orderId)) ?? [];
    for (const orderId of orders.filter((one) => !sick.has(one)))
      expect(
        await eventually(
          () => of(orderId),
          (seen) => seen.length >= ns.length,
        ),
      ).toEqual(ns);
    expect(await of('order-7')).toEqual([]);
    const letters = await first?.messaging.operations.deadLetters.list();
    expect(letters?.items.map(({ key }) => key)).toEqual(expect.arrayContaining(['order-3', 'order-7']));

    sick.clear();
    await first?.messaging.operations.deadLetters.replay({ filter: { key: 'order-7' } }, { actor: 'ops' });
    expect(
      await eventually(
        () => of('order-7'),
        (seen) => seen.length >= ns.length,
      ),
    ).toEqual(ns);
    expect((await first?.messaging.operations.deadLetters.list())?.items.map(({ key }) => key)).toEqual(['order-3']);
  }, 60_000);
});
