import { type Currency, minorPerUnit, type Money } from '@tandem/kernel';

/** What one point costs in whole units of a currency. Source: docs/reference/loyalty.md, "Earning". */
export const unitsPerPoint: Readonly<Record<Currency, bigint>> = { EUR: 1n, USD: 1n, JPY: 100n, BHD: 1n };

/** The points an order earns for what was spent on goods: one per whole unit (JPY: per 100), rounded down, never below zero. */
export function pointsFor(spent: Money): bigint {
  if (spent.minor <= 0n) return 0n;
  return spent.minor / (minorPerUnit(spent.currency) * unitsPerPoint[spent.currency]);
}

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

/** A refund: what went back of what was paid, in minor units; `isFull` when nothing of the payment is left. */
export type Share = { readonly refunded: bigint; readonly total: bigint; readonly isFull: boolean };

/** A refund's share of an order's points, rounded down, never more than are left; all that are left when nothing is left of the payment. */
export function shareOf(points: bigint, left: bigint, { refunded, total, isFull }: Share): bigint {
  if (isFull || total <= 0n) return left;
  const share = (points * refunded) / total;
  return share < left ? share : left;
}

export type Tier = { readonly name: string; readonly from: bigint };

/** Tiers by points earned and kept, spent ones included, lowest first. Source: docs/reference/loyalty.md, "Tiers". */
export const tiers: readonly [Tier, ...Tier[]] = [{ name: 'bronze', from: 0n }, { name: 'silver', from: 500n }, { name: 'gold', from: 2_000n }];

export type Standing = { readonly tier: string; readonly next: { readonly tier: string; readonly pointsMissing: bigint } | null };

export function standingOf(earned: bigint): Standing {
  const reached = tiers.findLast((tier) => earned >= tier.from) ?? tiers[0];
  const next = tiers.find((tier) => tier.from > earned);
  return { tier: reached.name, next: next ? { tier: next.name, pointsMissing: next.from - earned } : null };
}
