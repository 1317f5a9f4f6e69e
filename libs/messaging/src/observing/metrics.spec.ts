import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import type { SpecDatabase } from '../spec-database.js';
import { memoryEventLog } from '../adapters/memory/memory-event-log.js';
import { applied, createSpecStore, eventually, recordOf, serve } from '../spec-service.js';

let db: SpecDatabase;
beforeAll(async () => void (db = await createSpecStore()), 30_000);
afterAll(() => db.drop(), 30_000);

describe('the metrics of a service', () => {
  it('count deliveries by outcome, and tell lag, age and what is set aside when scraped', async () => {
    const registry = new Registry();
    const service = await serve(db, { call: applied, registry, options: { where: ({ key }) => key !== 'd' } });
    const copies = recordOf({ orderId: 'a', n: 1 }, 1);
    await service.log.publish([
      copies,
      copies,
      recordOf({ orderId: 'b', n: 1 }, 1, { value: 'broken' }),
      recordOf({ orderId: 'c', n: 1 }, 1, { type: 'made.up.v1' }),
      recordOf({ orderId: 'd', n: 1 }, 1),
    ]);
    await eventually(
      () => service.log.lag('spec'),
      (lags) => lags.length > 0 && lags.every(({ lag }) => lag === 0n),
    );
    await eventually(
      () => service.messaging.operations.outbox(),
      ({ pending }) => pending === 0,
    );
    const lines = (await registry.metrics()).split('\n').filter((line) => !line.startsWith('#') && !line.includes('duration'));
    await service.stop();

    expect(lines.filter((line) => line !== '').sort()).toEqual([
      'consumer_dead{group="spec",topic="order"} 1',
      'consumer_deliveries_total{group="spec",topic="order",type="unknown",outcome="duplicate"} 1',
      'consumer_deliveries_total{group="spec",topic="order",type="unknown",outcome="filtered"} 1',
      'consumer_deliveries_total{group="spec",topic="order",type="unknown",outcome="handled"} 1',
      'consumer_deliveries_total{group="spec",topic="order",type="unknown",outcome="parked-dead"} 1',
      'consumer_deliveries_total{group="spec",topic="order",type="unknown",outcome="unhandled"} 1',
      'consumer_lag{group="spec",topic="order"} 0',
      'consumer_oldest_age_seconds{group="spec",topic="order"} 0',
      'consumer_parked{group="spec",topic="order"} 1',
      'consumer_paused{group="spec",topic="order"} 0',
      'outbox_oldest_age_seconds 0',
      'outbox_pending 0',
      'outbox_published_total 1',
      'outbox_refused 0',
    ]);
  });

  it.each<[string, () => Promise<never>]>([
    ['is away', () => Promise.reject(new Error('connection refused'))],
    ['is not heard', () => new Promise(() => undefined)],
  ])('tell what else is known when the event log %s, and say of the rest that it is not known', async (_how, silence) => {
    const registry = new Registry();
    const whole = memoryEventLog();
    let lag: typeof whole.lag = whole.lag;
    const service = await serve(db, { call: applied, registry, log: { ...whole, lag: (group) => lag(group) } });
    await service.log.publish([recordOf({ orderId: `s${_how}`, n: 1 }, 1, { value: 'broken' })]);
    const facts = () => service.messaging.operations.consumers();
    const [before] = await eventually(facts, ([one]) => one?.lag === 0 && one.dead > 0);

    lag = silence;
    expect(await facts()).toEqual([{ ...before, lag: null, oldestAgeMs: null }]);
    const scraped = await registry.metrics();
    expect(scraped).toContain('consumer_lag{group="spec",topic="order"} Nan');
    expect(scraped).toContain(`consumer_dead{group="spec",topic="order"} ${before?.dead}`);
    expect(scraped).toMatch(/^outbox_oldest_age_seconds \d/m);
    await service.stop();
  });

  it('tell what a slow event log said late, rather than that it is silent', async () => {
    const whole = memoryEventLog();
    let answer = (): void => undefined;
    let asked = 0;
    let lag: typeof whole.lag = whole.lag;
    const service = await serve(db, { call: applied, log: { ...whole, lag: (group) => lag(group) } });
    const facts = async () => (await service.messaging.operations.consumers())[0]?.lag;
    await eventually(facts, (known) => known === 0);
    lag = async (group) => {
      asked += 1;
      await new Promise<void>((resolve) => (answer = resolve));
      return whole.lag(group);
    };
    expect(await facts()).toBeNull();
    answer();
    const askedAnew = eventually(
      () => (void facts(), asked),
      (times) => times === 2,
    );
    expect(await askedAnew.then(facts)).toBe(0);
    await service.stop();
  });
});
