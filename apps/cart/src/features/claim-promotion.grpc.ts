import { Controller } from '@nestjs/common';
import { cartV1, type commonV1 } from '@tandem/contracts';
import { Rpc, uuidOfField } from '@tandem/host';
import type { Claiming } from '../domain/promotion-claim.js';
import { ClaimPromotion } from './claim-promotion.js';

const outcomes: Readonly<Record<Claiming['kind'], cartV1.PromotionClaim_Outcome>> = {
  claimed: cartV1.PromotionClaim_Outcome.OUTCOME_CLAIMED,
  'used-up': cartV1.PromotionClaim_Outcome.OUTCOME_USED_UP,
  gone: cartV1.PromotionClaim_Outcome.OUTCOME_GONE,
};

/** Claim and release, called by the checkout. */
@Controller()
export class ClaimPromotionGrpc {
  constructor(private readonly promotions: ClaimPromotion) {}

  @Rpc('CartService', 'claimPromotion', ['service'])
  async claim({ orderId, code, ownerId }: cartV1.ClaimPromotionRequest): Promise<cartV1.PromotionClaim> {
    const wish = {
      orderId: uuidOfField('order', orderId, '/orderId'),
      ownerId: uuidOfField('customer', ownerId, '/ownerId'),
      code: code.toUpperCase(),
    };
    return { outcome: outcomes[(await this.promotions.claim(wish)).kind] };
  }

  @Rpc('CartService', 'releasePromotion', ['service'])
  async release({ orderId }: cartV1.ReleasePromotionRequest): Promise<commonV1.Empty> {
    await this.promotions.release(uuidOfField('order', orderId, '/orderId'));
    return {};
  }
}
