import { cartV1, loyaltyV1 } from '@tandem/contracts';
import { aPendingOrder } from '../domain/testing/orders.js';
import { type RedeemPeers, redeemSteps } from './redeem-steps.js';

const order = aPendingOrder({ promotionCode: 'WELCOME10', points: { earned: 0, redeemed: 500 } });
const claimed = cartV1.PromotionClaim_Outcome;
const held = loyaltyV1.Holding_Outcome;

function steps(outcomes: { claim?: cartV1.PromotionClaim_Outcome; hold?: loyaltyV1.Holding_Outcome; available?: string } = {}) {
  const calls: unknown[] = [];
  const noted =
    <T>(name: string, answer: T) =>
    (request: object) =>
      Promise.resolve((calls.push([name, request]), answer));
  const peers: RedeemPeers = {
    cart: {
      claimPromotion: noted('claim', { outcome: outcomes.claim ?? claimed.OUTCOME_CLAIMED }),
      releasePromotion: noted('release promotion', {}),
    },
    loyalty: {
      hold: noted('hold', { outcome: outcomes.hold ?? held.OUTCOME_HELD, available: outcomes.available ?? '3' }),
      release: noted('release points', {}),
    },
  };
  return { calls, redeem: redeemSteps(peers, { ttlSeconds: 900, refusedOr: (work) => work() }) };
}

describe('redeeming', () => {
  it('claims the promotion and holds the points of the order, whoever owns it', async () => {
    const { calls, redeem } = steps();
    expect(await redeem.do(order, undefined)).toEqual({ kind: 'redeemed' });
    expect(calls).toEqual([
      ['claim', { orderId: order.id, cartId: order.cartId, code: 'WELCOME10', ownerId: order.ownerId }],
      ['hold', { orderId: order.id, customerId: order.ownerId, points: '500', ttlSeconds: 900 }],
    ]);
  });

  it('asks only for what the total counts on, forth and back', async () => {
    const { calls, redeem } = steps();
    await redeem.do({ ...order, promotionCode: null }, undefined);
    await redeem.undo({ ...order, promotionCode: null }, undefined);
    await redeem.undo({ ...order, points: { earned: 0, redeemed: 0 } }, undefined);
    expect(calls.map((call) => (call as [string])[0])).toEqual(['hold', 'release points', 'release promotion']);
  });

  it.each([
    ['a promotion that is used up', { claim: claimed.OUTCOME_USED_UP }, 'promotion-not-valid'],
    ['a promotion that has ended', { claim: claimed.OUTCOME_GONE }, 'promotion-not-valid'],
    ['too few points', { hold: held.OUTCOME_INSUFFICIENT }, 'points-not-available'],
    ['points this order has let go', { hold: held.OUTCOME_RELEASED }, 'unavailable'],
  ])('is refused for %s', async (_name, outcomes, code) => {
    expect(await steps(outcomes).redeem.do(order, undefined)).toMatchObject({ kind: 'refused', problem: { code } });
  });

  it.each([
    ['3', '3 points can be redeemed'],
    ['-40', 'no points can be redeemed until 40 that are owed have been earned'],
  ])('says what there is: %s', async (available, detail) => {
    const { redeem } = steps({ hold: held.OUTCOME_INSUFFICIENT, available });
    expect(await redeem.do(order, undefined)).toMatchObject({ problem: { detail, extensions: { available: Number(available) } } });
  });
});
