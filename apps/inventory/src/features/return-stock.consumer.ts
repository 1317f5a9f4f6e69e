import { Controller } from '@nestjs/common';
import { OrderCancelledV1, OrderRefundedV1 } from '@tandem/contracts';
import { uuidOf } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import { done, type Handled, ignored, On } from '@tandem/messaging';
import { ReturnStock } from './return-stock.js';

/** Stock comes back when an order is cancelled, or lines of it are refunded; an amount alone returns none. */
@Controller()
export class ReturnStockOnOrderEnded {
  constructor(private readonly returnStock: ReturnStock) {}

  @On(OrderCancelledV1)
  async handleCancelled(event: OrderCancelledV1, tx: Tx): Promise<Handled> {
    await this.returnStock.ofCancelled(tx, uuidOf('order', event.orderId));
    return done;
  }

  @On(OrderRefundedV1)
  async handleRefunded(event: OrderRefundedV1, tx: Tx): Promise<Handled> {
    if (event.lines.length === 0) return ignored('amount-only');
    const lines = event.lines.map(({ lineId, quantity }) => ({ lineId: uuidOf('line', lineId), quantity }));
    const hadTaken = await this.returnStock.ofRefunded(tx, {
      orderId: uuidOf('order', event.orderId),
      refundId: uuidOf('refund', event.refundId),
      lines,
    });
    return hadTaken ? done : ignored('nothing-taken');
  }
}
