import { PointsAvailableV1 } from '@tandem/contracts';
import { toPublicId } from '@tandem/host';
import type { Now, Tx } from '@tandem/kernel';
import type { Outbox } from '@tandem/messaging';
import type { PointsLedger } from '../domain/points-ledger.js';
import { releasing } from '../domain/points.js';

export type Releasing = { readonly kind: 'released' | 'nothing-pending' };

/** Makes the points of a delivered order available. Safe to repeat. */
export class ReleasePoints {
  constructor(private readonly ledger: PointsLedger, private readonly outbox: Outbox, private readonly now: Now) {}

  async run(tx: Tx, orderId: string): Promise<Releasing> {
    const points = await this.ledger.ofOrder(tx, orderId);
    if (!points || points.held.pending === 0n) return { kind: 'nothing-pending' };
    const at = this.now();
    const { customerId, held } = points;
    if (!(await this.ledger.append(tx, { ...releasing(held), orderId, customerId, kind: 'available', at }))) return { kind: 'nothing-pending' };
    await this.outbox.enqueue(tx, PointsAvailableV1, { orderId: toPublicId('order', orderId), customerId: toPublicId('customer', customerId), points: Number(held.pending), at: at.toISOString() });
    return { kind: 'released' };
  }
}
