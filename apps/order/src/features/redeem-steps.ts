import { type cartV1, cartV1 as cart, type loyaltyV1, loyaltyV1 as loyalty, type Problem } from '@tandem/contracts';
import type { Peer } from '@tandem/host';
import type { Order } from '../domain/order.js';
import { requestOf } from './cause.js';
import type { CheckoutSteps } from './checkout-steps.js';

export type Redeeming = { readonly kind: 'redeemed' } | { readonly kind: 'refused'; readonly problem: Problem };

export type RedeemPeers = {
  readonly cart: Pick<Peer<typeof cartV1.CartServiceService>, 'claimPromotion' | 'releasePromotion'>;
  readonly loyalty: Pick<Peer<typeof loyaltyV1.LoyaltyServiceService>, 'hold' | 'release'>;
};

type Surroundings = {
  readonly ttlSeconds: number;
  /** Turns a refusal, or a service that is away, into an answer. */
  readonly refusedOr: <T>(work: () => Promise<T>) => Promise<T | { kind: 'refused'; problem: Problem }>;
};

const repeatable = { isRepeatable: true } as const;
const gone: Redeeming = { kind: 'refused', problem: { code: 'unavailable', retryAfterSeconds: 1 } };

/** What the total counts on besides money, set aside before the shopper pays. `order.confirmed` spends it; a cancellation of a confirmed order returns it. */
export function redeemSteps(peers: RedeemPeers, { ttlSeconds, refusedOr }: Surroundings): CheckoutSteps['redeem'] {
  return {
    do: (order, cause) =>
      refusedOr<Redeeming>(async () => {
        const claimed = order.promotionCode === null ? redeemed : await claim(peers, order, order.promotionCode, requestOf(cause));
        return claimed.kind === 'redeemed' && order.points.redeemed > 0 ? hold(peers, order, ttlSeconds, requestOf(cause)) : claimed;
      }),
    undo: async ({ id: orderId, points, promotionCode }, cause) => {
      const call = { ...repeatable, ...requestOf(cause) };
      if (promotionCode !== null) await peers.cart.releasePromotion({ orderId }, call);
      if (points.redeemed > 0) await peers.loyalty.release({ orderId }, call);
    },
  };
}

const redeemed: Redeeming = { kind: 'redeemed' };

async function claim(
  { cart: carts }: RedeemPeers,
  { id, cartId, ownerId }: Order,
  code: string,
  request: { readonly requestId?: string },
): Promise<Redeeming> {
  const { outcome } = await carts.claimPromotion({ orderId: id, cartId, code, ownerId }, { ...repeatable, ...request });
  if (outcome === cart.PromotionClaim_Outcome.OUTCOME_CLAIMED) return redeemed;
  const detail =
    outcome === cart.PromotionClaim_Outcome.OUTCOME_USED_UP
      ? `${code} has been used as often as it may be`
      : `${code} does not apply any more`;
  return { kind: 'refused', problem: { code: 'promotion-not-valid', detail } };
}

async function hold(
  { loyalty: points }: RedeemPeers,
  { id, ownerId, points: { redeemed: wanted } }: Order,
  ttlSeconds: number,
  request: { readonly requestId?: string },
): Promise<Redeeming> {
  const { outcome, available } = await points.hold(
    { orderId: id, customerId: ownerId, points: String(wanted), ttlSeconds },
    { ...repeatable, ...request },
  );
  switch (outcome) {
    case loyalty.Holding_Outcome.OUTCOME_HELD:
      return redeemed;
    case loyalty.Holding_Outcome.OUTCOME_INSUFFICIENT:
      return {
        kind: 'refused',
        problem: {
          code: 'points-not-available',
          detail: available.startsWith('-')
            ? `no points can be redeemed until ${available.slice(1)} that are owed have been earned`
            : `${available} points can be redeemed`,
          extensions: { available: Number(available) },
        },
      };
    default:
      return gone;
  }
}
