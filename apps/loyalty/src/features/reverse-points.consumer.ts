import { Controller } from '@nestjs/common';
import { OrderCancelledV1, OrderRefundedV1 } from '@tandem/contracts';
import { uuidOf } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import { done, type Handled, ignored, On } from '@tandem/messaging';
import { ReturnPoints } from './return-points.js';
import { type Reversal, ReversePoints } from './reverse-points.js';

/** What an order earned goes back to the shop, what it was paid with to the customer. */
@Controller()
export class ReversePointsOnOrderEnd {
  constructor(
    private readonly reversePoints: ReversePoints,
    private readonly returnPoints: ReturnPoints,
  ) {}

  @On(OrderCancelledV1)
  async cancelled(event: OrderCancelledV1, tx: Tx): Promise<Handled> {
    return this.reverse(tx, { orderId: uuidOf('order', event.orderId), source: '', share: 'all', at: new Date(event.cancelledAt) });
  }

  @On(OrderRefundedV1)
  async refunded({ orderId, refundId, amount, refundedTotal, total, isFull, refundedAt }: OrderRefundedV1, tx: Tx): Promise<Handled> {
    const before = BigInt((refundedTotal ?? amount).amount - amount.amount); // old events do not tell what went back before
    return this.reverse(tx, {
      orderId: uuidOf('order', orderId),
      source: refundId,
      share: { before, refunded: BigInt(amount.amount), total: BigInt(total.amount), isFull },
      at: new Date(refundedAt),
    });
  }

  private async reverse(tx: Tx, reversal: Reversal): Promise<Handled> {
    const isReturned = await this.returnPoints.run(tx, reversal);
    const outcome = await this.reversePoints.run(tx, reversal);
    return isReturned || outcome.kind === 'reversed' ? done : ignored(outcome.kind);
  }
}
