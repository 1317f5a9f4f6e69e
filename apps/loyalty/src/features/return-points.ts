import { PointsReturnedV1 } from '@tandem/contracts';
import { toPublicId } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import type { Outbox } from '@tandem/messaging';
import type { PointsHolds } from '../domain/holding.js';
import { returning, shareOf } from '../domain/points.js';
import type { PointsLedger } from '../domain/points-ledger.js';
import type { Reversal } from './reverse-points.js';

/** Gives the points back that a cancelled order was paid with, or a refund's share of them. Safe to repeat. */
export class ReturnPoints {
  constructor(
    private readonly ledger: PointsLedger,
    private readonly holds: PointsHolds,
    private readonly outbox: Outbox,
  ) {}

  async run(tx: Tx, { orderId, source, share, at }: Reversal): Promise<boolean> {
    const order = await this.ledger.redeemedBy(tx, orderId); // the account is locked before the hold, as by whoever holds
    if (share === 'all') await this.holds.end(tx, orderId);
    if (!order) return false;
    const left = order.redeemed - order.returned;
    const points = share === 'all' ? left : shareOf(order.redeemed, left, share);
    if (points === 0n) return false;
    if (!(await this.ledger.append(tx, { ...returning(points), orderId, customerId: order.customerId, kind: 'returned', source, at })))
      return false;
    const fact = {
      orderId: toPublicId('order', orderId),
      customerId: toPublicId('customer', order.customerId),
      points: Number(points),
      at: at.toISOString(),
    };
    await this.outbox.enqueue(tx, PointsReturnedV1, fact);
    return true;
  }
}
