import { Controller } from '@nestjs/common';
import { OrderCancelledV1 } from '@tandem/contracts';
import { uuidOf } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import { done, type Handled, ignored, On } from '@tandem/messaging';
import { ClaimPromotion } from './claim-promotion.js';

/** A cancelled order has used no promotion. */
@Controller()
export class ReleasePromotionOnOrderCancelled {
  constructor(private readonly promotions: ClaimPromotion) {}

  @On(OrderCancelledV1)
  async handle({ orderId }: OrderCancelledV1, tx: Tx): Promise<Handled> {
    return (await this.promotions.cancelled(tx, uuidOf('order', orderId))) ? done : ignored('no-promotion');
  }
}
