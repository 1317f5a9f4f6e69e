import { Controller } from '@nestjs/common';
import { OrderCancelledV1 } from '@tandem/contracts';
import { uuidOf } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import { type Handled, On } from '@tandem/messaging';
import { VoidLabel } from './void-label.js';

@Controller()
export class VoidLabelOnOrderCancelled {
  constructor(private readonly voidLabel: VoidLabel) {}

  @On(OrderCancelledV1)
  async handle({ orderId }: OrderCancelledV1, tx: Tx): Promise<Handled> {
    return this.voidLabel.run(tx, uuidOf('order', orderId));
  }
}
