import type { Metrics } from '@tandem/host';
import { Counter, Gauge } from 'prom-client';
import type { Instances } from './domain/instances.js';
import type { CountRun } from './features/drive-checkouts.js';

const unknown = { open: NaN, oldestSeconds: NaN, refusedRefunds: NaN };

/** What is under way and what waits for an operator, over all replicas; asked for once per scrape; NaN while the database is away, so that the page's other metrics are told. */
export function measureOpenCheckouts({ registry }: Pick<Metrics, 'registry'>, instances: Pick<Instances, 'open'>): void {
  const state: { asked?: ReturnType<Instances['open']> | undefined } = {};
  const ask = (): ReturnType<Instances['open']> => instances.open().catch(() => unknown);
  const facts = (): ReturnType<Instances['open']> => (state.asked ??= ask().finally(() => void (state.asked = undefined)));
  const gauge = (name: string, help: string, figure: keyof Awaited<ReturnType<Instances['open']>>): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set((await facts())[figure]);
      },
    });
  };
  gauge('order_checkouts_open', 'Checkouts that have not ended', 'open');
  gauge('order_checkouts_oldest_age_seconds', 'Age of the oldest checkout that has not ended and waits for no challenge', 'oldestSeconds');
  gauge('order_refunds_refused', 'Refunds the bank refuses for good, or whose money came back; an operator decides', 'refusedRefunds');
}

/** Counts the runs of checkouts by how they ended. */
export function countRuns({ registry }: Metrics): CountRun {
  const runs = new Counter({
    name: 'order_checkout_runs_total',
    help: 'Runs of checkouts by outcome',
    labelNames: ['outcome'],
    registers: [registry],
  });
  return (outcome) => runs.inc({ outcome });
}
