import { Controller } from '@nestjs/common';
import { OrderConfirmedV1 } from '@tandem/contracts';
import { uuidOf } from '@tandem/host';
import { money, type Tx } from '@tandem/kernel';
import { done, type Handled, ignored, On } from '@tandem/messaging';
import { AwardPoints } from './award-points.js';

@Controller()
export class AwardPointsOnOrderConfirmed {
  constructor(private readonly awardPoints: AwardPoints) {}

  @On(OrderConfirmedV1)
  async handle(event: OrderConfirmedV1, tx: Tx): Promise<Handled> {
    if (event.customerId === null) return ignored('guest');
    const spent = money(BigInt(event.subtotal.amount - event.discount.amount), event.currency);
    const outcome = await this.awardPoints.run(tx, { orderId: uuidOf('order', event.orderId), customerId: uuidOf('customer', event.customerId), spent });
    return outcome.kind === 'awarded' ? done : ignored(outcome.kind);
  }
}
