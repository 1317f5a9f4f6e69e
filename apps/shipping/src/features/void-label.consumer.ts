import { Controller } from '@nestjs/common';
import { OrderCancelledV1, OrderRefundedV1 } from '@tandem/contracts';
import { uuidOf } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import { type Handled, ignored, On } from '@tandem/messaging';
import { VoidLabel } from './void-label.js';

/** A parcel does not leave once its order is cancelled, or all of its money has gone back. */
@Controller()
export class VoidLabelOnOrderEnded {
  constructor(private readonly voidLabel: VoidLabel) {}

  @On(OrderCancelledV1)
  async handleCancelled({ orderId }: OrderCancelledV1, tx: Tx): Promise<Handled> {
    return this.voidLabel.run(tx, uuidOf('order', orderId));
  }

  @On(OrderRefundedV1)
  async handleRefunded({ orderId, isFull }: OrderRefundedV1, tx: Tx): Promise<Handled> {
    return isFull ? this.voidLabel.ofRefunded(tx, uuidOf('order', orderId)) : ignored('partly-refunded');
  }
}
