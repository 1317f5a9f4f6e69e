import type { Tx } from '@tandem/kernel';
import type { Reservations, ReturnedLine } from '../domain/ports.js';
import type { AnnounceStock } from './announce-stock.js';
import type { ReleaseStock } from './release-stock.js';

/**
 * Puts units back on hand when an order is cancelled or refunded. The order is over either way: what it still holds is released, what it
 * took comes back, each unit once, whatever the order of cancelling and refunding.
 */
export class ReturnStock {
  constructor(
    private readonly reservations: Reservations,
    private readonly release: ReleaseStock,
    private readonly announce: AnnounceStock,
  ) {}

  ofCancelled(tx: Tx, orderId: string): Promise<void> {
    return this.release.within(tx, orderId);
  }

  /** `false` when the order took nothing, so that nothing can come back. */
  async ofRefunded(
    tx: Tx,
    { orderId, refundId, lines }: { orderId: string; refundId: string; lines: readonly ReturnedLine[] },
  ): Promise<boolean> {
    if ((await this.reservations.stateOf(tx, orderId)) !== 'taken') return false;
    await this.announce.crossings(tx, await this.reservations.putBack(tx, { orderId, causeId: refundId, lines }));
    return true;
  }
}
