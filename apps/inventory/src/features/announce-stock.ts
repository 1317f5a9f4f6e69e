import { StockChangedV1 } from '@tandem/contracts';
import { toPublicId } from '@tandem/host';
import type { Now, Tx } from '@tandem/kernel';
import type { Outbox } from '@tandem/messaging';
import { crossingOf, type StockChange } from '../domain/stock.js';

/** Tells the world of adjustments and of variants that ran out or came back; ordinary reservations are not told. */
export class AnnounceStock {
  constructor(
    private readonly outbox: Outbox,
    private readonly now: Now,
  ) {}

  /** Tells the crossings of zero among `changes`. */
  async crossings(tx: Tx, changes: readonly StockChange[]): Promise<void> {
    for (const change of changes) {
      const because = crossingOf(change);
      if (because) await this.tell(tx, change, because);
    }
  }

  async adjusted(tx: Tx, change: StockChange): Promise<void> {
    await this.tell(tx, change, 'adjusted');
  }

  private tell(tx: Tx, { variantId, onHand, available, rise }: StockChange, because: StockChangedV1['because']): Promise<void> {
    return this.outbox.enqueue(tx, StockChangedV1, {
      variantId: toPublicId('variant', variantId),
      onHand,
      available,
      availableBefore: available - rise,
      because,
      at: this.now().toISOString(),
    });
  }
}
