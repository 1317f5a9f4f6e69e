import { PointsAwardedV1 } from '@tandem/contracts';
import { toPublicId } from '@tandem/host';
import type { Money, Now, Tx } from '@tandem/kernel';
import type { Outbox } from '@tandem/messaging';
import type { PointsLedger } from '../domain/points-ledger.js';
import { earning, pointsFor } from '../domain/points.js';

export type EarningOrder = { readonly orderId: string; readonly customerId: string; readonly spent: Money };
export type Awarding = { readonly kind: 'awarded'; readonly points: bigint } | { readonly kind: 'already-awarded' | 'no-points' };

/** Gives a customer the points an order has earned, pending until it is delivered. Safe to repeat: the ledger is unique on the order. */
export class AwardPoints {
  constructor(private readonly ledger: PointsLedger, private readonly outbox: Outbox, private readonly now: Now) {}

  async run(tx: Tx, { orderId, customerId, spent }: EarningOrder): Promise<Awarding> {
    const points = pointsFor(spent);
    if (points === 0n) return { kind: 'no-points' };
    const at = this.now();
    if (!(await this.ledger.append(tx, { ...earning(points), orderId, customerId, kind: 'earned', at }))) return { kind: 'already-awarded' };
    await this.outbox.enqueue(tx, PointsAwardedV1, { orderId: toPublicId('order', orderId), customerId: toPublicId('customer', customerId), points: Number(points), at: at.toISOString() });
    return { kind: 'awarded', points };
  }
}
