import type { Database, Tx } from '@tandem/kernel';
import type { Reservations } from '../domain/ports.js';
import { releasing } from '../domain/reservation.js';
import type { AnnounceStock } from './announce-stock.js';

/**
 * Gives back what an order holds or took, for good: a later reservation of what it held is refused, even when this came first. Asking
 * again changes nothing. The caller has written down before that the order is over, so no confirmed order loses its units.
 */
export class ReleaseStock {
  constructor(
    private readonly database: Database,
    private readonly reservations: Reservations,
    private readonly announce: AnnounceStock,
  ) {}

  run(orderId: string): Promise<void> {
    return this.database.transaction((tx) => this.within(tx, orderId));
  }

  /** The same as part of a greater transaction. */
  async within(tx: Tx, orderId: string): Promise<void> {
    const state = await this.reservations.stateOrReleased(tx, orderId);
    switch (releasing(state)) {
      case 'free':
        return this.announce.crossings(tx, await this.reservations.free(tx, orderId));
      case 'close':
        return this.reservations.close(tx, orderId);
      case 'put-back':
        return this.announce.crossings(tx, await this.reservations.putBack(tx, { orderId, causeId: orderId }));
      case 'stands':
        return;
    }
  }
}
