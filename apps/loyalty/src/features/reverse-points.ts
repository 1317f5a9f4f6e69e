import { PointsReversedV1 } from '@tandem/contracts';
import { toPublicId } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import type { Outbox } from '@tandem/messaging';
import type { OrderPoints, PointsLedger } from '../domain/points-ledger.js';
import { reversing, type Share, shareOf } from '../domain/points.js';
import type { TellTier } from './tell-tier.js';

/** `source` names the refund, or is empty for a cancellation; one source reverses once. */
export type Reversal = { readonly orderId: string; readonly source: string; readonly share: 'all' | Share; readonly at: Date };
export type Reversing = { readonly kind: 'reversed' | 'nothing-to-reverse' };

/** Takes back what a cancelled order earned, or a refund's share of it. Safe to repeat. */
export class ReversePoints {
  constructor(
    private readonly ledger: PointsLedger,
    private readonly tellTier: Pick<TellTier, 'run'>,
    private readonly outbox: Outbox,
  ) {}

  async run(tx: Tx, { orderId, source, share, at }: Reversal): Promise<Reversing> {
    const order = await this.ledger.ofOrder(tx, orderId);
    if (!order) return { kind: 'nothing-to-reverse' };
    const points = pointsOf(order, share);
    if (points === 0n) return { kind: 'nothing-to-reverse' };
    const entry = { ...reversing(order.held, points), orderId, customerId: order.customerId, kind: 'reversed', source, at } as const;
    if (!(await this.ledger.append(tx, entry))) return { kind: 'nothing-to-reverse' };
    const fact = {
      orderId: toPublicId('order', orderId),
      customerId: toPublicId('customer', order.customerId),
      points: Number(points),
      at: at.toISOString(),
    };
    await this.outbox.enqueue(tx, PointsReversedV1, fact);
    await this.tellTier.run(tx, order.customerId, 'taken-back');
    return { kind: 'reversed' };
  }
}

function pointsOf({ earned, held }: OrderPoints, share: Reversal['share']): bigint {
  const left = held.pending + held.available;
  return share === 'all' ? left : shareOf(earned, left, share);
}
