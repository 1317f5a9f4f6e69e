import { Controller } from '@nestjs/common';
import { OrderDeliveredV1 } from '@tandem/contracts';
import { uuidOf } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import { done, type Handled, ignored, On } from '@tandem/messaging';
import { ReleasePoints } from './release-points.js';

@Controller()
export class ReleasePointsOnOrderDelivered {
  constructor(private readonly releasePoints: ReleasePoints) {}

  @On(OrderDeliveredV1)
  async handle(event: OrderDeliveredV1, tx: Tx): Promise<Handled> {
    const outcome = await this.releasePoints.delivered(tx, uuidOf('order', event.orderId), new Date(event.deliveredAt));
    return outcome.kind === 'nothing-pending' ? ignored(outcome.kind) : done;
  }
}
