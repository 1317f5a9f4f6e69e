import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import type { SpecDatabase } from '../spec-database.js';
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
});
