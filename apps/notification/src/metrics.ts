import type { Metrics } from '@tandem/host';
import { Gauge } from 'prom-client';
import type { DeliveryLedger } from './domain/delivery-ledger.js';

/** How long the oldest mail of an order has been waiting, over all replicas; asked for once per scrape; NaN while the database is away, so that the page's other metrics are told. */
export function measureWaitingMails({ registry }: Pick<Metrics, 'registry'>, ledger: Pick<DeliveryLedger, 'oldestSeconds'>): void {
  new Gauge({
    name: 'notification_mails_oldest_age_seconds',
    help: 'Age of the oldest mail of an order that has not ended; 0 without one',
    registers: [registry],
    async collect() {
      this.set(await ledger.oldestSeconds().catch(() => NaN));
    },
  });
}
