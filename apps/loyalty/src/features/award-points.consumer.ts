import { Controller } from '@nestjs/common';
import { OrderConfirmedV1 } from '@tandem/contracts';
import { uuidOf } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import { done, type Handled, ignored, On } from '@tandem/messaging';
import { AwardPoints } from './award-points.js';
import { HoldPoints } from './hold-points.js';

/** A confirmed order spends the points it was paid with, and earns others. */
@Controller()
export class AwardPointsOnOrderConfirmed {
  constructor(
    private readonly awardPoints: AwardPoints,
    private readonly holdPoints: HoldPoints,
  ) {}

  @On(OrderConfirmedV1)
  async handle(event: OrderConfirmedV1, tx: Tx): Promise<Handled> {
    if (event.customerId === null) return ignored('guest');
    const [orderId, customerId] = [uuidOf('order', event.orderId), uuidOf('customer', event.customerId)];
    const isSpent =
      event.pointsRedeemed > 0 &&
      (await this.holdPoints.spend(tx, { orderId, customerId, points: BigInt(event.pointsRedeemed), at: new Date(event.confirmedAt) }));
    const goods = event.lines.map(({ category, total, discount }) => ({ category, minor: BigInt(total.amount - discount.amount) }));
    const outcome = await this.awardPoints.run(tx, {
      orderId,
      customerId,
      currency: event.currency,
      goods,
      tier: event.tier,
      confirmedAt: new Date(event.confirmedAt),
    });
    return outcome.kind === 'awarded' || isSpent ? done : ignored(outcome.kind);
  }
}
