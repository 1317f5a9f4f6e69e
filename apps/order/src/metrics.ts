import type { Metrics } from '@tandem/host';
import { Counter, Gauge } from 'prom-client';
import type { Instances } from './domain/instances.js';
import type { CountRun } from './features/drive-checkouts.js';

/** Checkouts that have not ended and the age of the oldest, over all replicas; read when scraped. */
export function measureOpenCheckouts({ registry }: Metrics, instances: Instances): void {
  const registers = [registry];
  const oldest = new Gauge({ name: 'order_checkouts_oldest_age_seconds', help: 'Age of the oldest checkout that has not ended', registers });
  new Gauge({
    name: 'order_checkouts_open',
    help: 'Checkouts that have not ended',
    registers,
    async collect() {
      const { open, oldestSeconds } = await instances.open();
      this.set(open);
      oldest.set(oldestSeconds);
    },
  });
}

/** Counts the runs of checkouts by how they ended. */
export function countRuns({ registry }: Metrics): CountRun {
  const runs = new Counter({ name: 'order_checkout_runs_total', help: 'Runs of checkouts by outcome', labelNames: ['outcome'], registers: [registry] });
  return (outcome) => runs.inc({ outcome });
}
