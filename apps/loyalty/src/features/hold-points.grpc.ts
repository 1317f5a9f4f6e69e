import { Controller } from '@nestjs/common';
import { type commonV1, loyaltyV1 } from '@tandem/contracts';
import { invalidField, Rpc, uuidOfField } from '@tandem/host';
import type { Holding } from '../domain/holding.js';
import { HoldPoints } from './hold-points.js';

/** A hold lasts a day at most, 15 minutes when nothing is said. */
const limits = { ttlSeconds: 86_400, defaultTtlSeconds: 900, points: 1_000_000_000_000n };

const outcomes: Readonly<Record<Holding['kind'], loyaltyV1.Holding_Outcome>> = {
  held: loyaltyV1.Holding_Outcome.OUTCOME_HELD,
  insufficient: loyaltyV1.Holding_Outcome.OUTCOME_INSUFFICIENT,
  released: loyaltyV1.Holding_Outcome.OUTCOME_RELEASED,
};

/** Hold and release, called by the checkout. */
@Controller()
export class HoldPointsGrpc {
  constructor(private readonly holdPoints: HoldPoints) {}

  @Rpc('LoyaltyService', 'hold', ['service'])
  async hold({ orderId, customerId, points, ttlSeconds }: loyaltyV1.HoldRequest): Promise<loyaltyV1.Holding> {
    const wanted = BigInt(points);
    if (wanted < 1n || wanted > limits.points) throw invalidField('/points', 'out-of-range', `1 to ${limits.points}`);
    if (ttlSeconds < 0 || ttlSeconds > limits.ttlSeconds)
      throw invalidField('/ttlSeconds', 'out-of-range', `1 to ${limits.ttlSeconds}, or 0 for ${limits.defaultTtlSeconds}`);
    const wish = {
      orderId: uuidOfField('order', orderId, '/orderId'),
      customerId: uuidOfField('customer', customerId, '/customerId'),
      points: wanted,
    };
    const { kind, spendable } = await this.holdPoints.hold({ ...wish, ttlSeconds: ttlSeconds || limits.defaultTtlSeconds });
    return { outcome: outcomes[kind], available: spendable.toString() };
  }

  @Rpc('LoyaltyService', 'release', ['service'])
  async release({ orderId }: loyaltyV1.ReleaseRequest): Promise<commonV1.Empty> {
    await this.holdPoints.release(uuidOfField('order', orderId, '/orderId'));
    return {};
  }

  @Rpc('LoyaltyService', 'spendable', ['service'])
  async spendable({ customerId }: loyaltyV1.SpendableRequest): Promise<loyaltyV1.SpendablePoints> {
    return { points: (await this.holdPoints.spendableOf(uuidOfField('customer', customerId, '/customerId'))).toString() };
  }
}
