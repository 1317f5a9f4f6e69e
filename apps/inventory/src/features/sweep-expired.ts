import type { Database } from '@tandem/kernel';
import type { Reservations } from '../domain/ports.js';
import type { AnnounceStock } from './announce-stock.js';

/** Reservations expired in one transaction: short enough not to keep buyers waiting. */
const batchSize = 50;

/** Brings back units whose reservation has run out. Several replicas share the work. */
export class SweepExpired {
  constructor(
    private readonly database: Database,
    private readonly reservations: Reservations,
    private readonly announce: AnnounceStock,
  ) {}

  /** Milliseconds until there is something to do again; `undefined` when nothing is reserved. */
  async run(): Promise<number | undefined> {
    let expired: number;
    do expired = await this.batch();
    while (expired === batchSize);
    return this.reservations.nextDueMs();
  }

  private batch(): Promise<number> {
    return this.database.transaction(async (tx) => {
      const { expired, changes } = await this.reservations.expireDue(tx, batchSize);
      await this.announce.crossings(tx, changes);
      return expired;
    });
  }
}
