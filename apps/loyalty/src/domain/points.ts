/** Points by account: `pending` until the order is delivered, `available` to spend. */
export type Holdings = { readonly pending: bigint; readonly available: bigint };

/** One movement of points; `shop` is the counter-account, so the three sum to zero. */
export type Movement = Holdings & { readonly shop: bigint };

export const earning = (points: bigint): Movement => ({ pending: points, available: 0n, shop: -points });

/** Points that pay for an order go back to the shop. */
export const redeeming = (points: bigint): Movement => ({ pending: 0n, available: -points, shop: points });

/** Points of an order that is not paid with them any more. */
export const returning = (points: bigint): Movement => ({ pending: 0n, available: points, shop: -points });

/** Everything of an order that is pending becomes available. */
export const releasing = ({ pending }: Holdings): Movement => ({ pending: -pending, available: pending, shop: 0n });

/** Takes `points` of an order's holdings back, pending ones first. More than it holds is taken from what is available, which may go below zero. */
export function reversing(held: Holdings, points: bigint): Movement {
  const fromPending = points < held.pending ? points : held.pending;
  return { pending: -fromPending, available: fromPending - points, shop: points };
}

/** A refund of a payment, minor units: what went back before it, and by it. `isFull` when nothing of the payment is left. */
export type Share = { readonly before: bigint; readonly refunded: bigint; readonly total: bigint; readonly isFull: boolean };

/**
 * A refund's share of an order's points, never more than are `left`; all that are left when nothing is left of the payment. What several
 * refunds take together is the share of their sum, rounded down, however it is split and in whatever order they are heard of.
 */
export function shareOf(points: bigint, left: bigint, { before, refunded, total, isFull }: Share): bigint {
  if (isFull || total <= 0n) return left;
  const share = (points * (before + refunded)) / total - (points * before) / total;
  return share < left ? share : left;
}
