import type { Currency, Money } from '@tandem/kernel';
import { allot, compare, portionOf } from './allot.js';

/** An amount for each currency that has one; elsewhere it does not apply. Minor units. */
export type AmountByCurrency = Readonly<Partial<Record<Currency, bigint>>>;

/** What a promotion does to the goods it is for. Of `buy` + `get` units the cheapest `get` cost nothing. `rate` is in millionths. */
export type Effect =
  | { readonly kind: 'percentage'; readonly rate: number }
  | { readonly kind: 'amount'; readonly amounts: AmountByCurrency }
  | { readonly kind: 'buy-x-get-y'; readonly buy: number; readonly get: number }
  | { readonly kind: 'free-shipping' };

/** When it does so. Goods of other categories neither count nor get cheaper; no category means all goods. */
export type Conditions = {
  readonly categories?: readonly string[];
  readonly minimum?: AmountByCurrency;
  readonly firstOrderOnly?: boolean;
};

/** Something that lowers a price, known by its code (in capitals). */
export type Promotion = {
  readonly id: string;
  readonly code: string;
  readonly title: string;
  readonly effect: Effect;
  readonly conditions: Conditions;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  readonly usageLimit: number | null;
  readonly customerLimit: number | null;
  readonly isActive: boolean;
};

/** A promotion as it stands for one shopper now, by the database's clock. Counts are of claims that stand. */
export type Offer = {
  readonly promotion: Promotion;
  readonly now: Date;
  readonly used: number;
  readonly usedByOwner: number;
  readonly hasOrdered: boolean;
};

/** Why a promotion does nothing. Stable: clients see it as the code of a field error. */
export type Idle =
  | 'unknown'
  | 'not-started'
  | 'ended'
  | 'used-up'
  | 'first-order-only'
  | 'nothing-eligible'
  | 'minimum-not-reached'
  | 'not-in-this-currency';

/** Goods of one line; `id` is the line's. */
export type Goods = {
  readonly id: string;
  readonly category: string;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly total: Money;
};

export type Judgement =
  | { readonly kind: 'applies'; readonly discounts: ReadonlyMap<string, bigint>; readonly shipsFree: boolean }
  | { readonly kind: 'idle'; readonly because: Idle };

/** What an offer does to the goods of a cart: a discount by line in minor units, never more than the line costs, or free shipping. */
export function judge({ promotion, ...facts }: Offer, goods: readonly Goods[], currency: Currency): Judgement {
  const { effect, conditions } = promotion;
  const standing = standingOf(promotion, facts);
  if (standing !== 'running') return { kind: 'idle', because: standing };
  const eligible = goods.filter(({ category }) => conditions.categories?.includes(category) ?? true);
  if (eligible.length === 0 && goods.length > 0) return { kind: 'idle', because: 'nothing-eligible' };
  const worth = eligible.reduce((sum, { total }) => sum + total.minor, 0n);
  if (conditions.minimum) {
    const minimum = conditions.minimum[currency];
    if (minimum === undefined) return { kind: 'idle', because: 'not-in-this-currency' };
    if (worth < minimum) return { kind: 'idle', because: 'minimum-not-reached' };
  }
  if (effect.kind === 'amount' && effect.amounts[currency] === undefined) return { kind: 'idle', because: 'not-in-this-currency' };
  return { kind: 'applies', discounts: discountsOf(effect, eligible, { worth, currency }), shipsFree: effect.kind === 'free-shipping' };
}

function standingOf(
  { startsAt, endsAt, usageLimit, customerLimit, isActive, conditions }: Promotion,
  { now, used, usedByOwner, hasOrdered }: Omit<Offer, 'promotion'>,
): Idle | 'running' {
  if (!isActive || (endsAt !== null && now >= endsAt)) return 'ended';
  if (startsAt !== null && now < startsAt) return 'not-started';
  if ((usageLimit !== null && used >= usageLimit) || (customerLimit !== null && usedByOwner >= customerLimit)) return 'used-up';
  return conditions.firstOrderOnly === true && hasOrdered ? 'first-order-only' : 'running';
}

function discountsOf(
  effect: Effect,
  goods: readonly Goods[],
  { worth, currency }: { worth: bigint; currency: Currency },
): ReadonlyMap<string, bigint> {
  const byWorth = goods.map(({ id, total }) => ({ id, weight: total.minor }));
  switch (effect.kind) {
    case 'percentage':
      return allot(portionOf(worth, effect.rate), byWorth);
    case 'amount': {
      const amount = effect.amounts[currency] ?? 0n;
      return allot(amount < worth ? amount : worth, byWorth);
    }
    case 'buy-x-get-y':
      return cheapestFree(effect, goods);
    case 'free-shipping':
      return new Map();
  }
}

/** The cheapest units of all are free, `get` for each whole `buy` + `get` that are there. */
function cheapestFree({ buy, get }: { buy: number; get: number }, goods: readonly Goods[]): ReadonlyMap<string, bigint> {
  const units = goods.reduce((sum, { quantity }) => sum + quantity, 0);
  const discounts = new Map<string, bigint>();
  let free = Math.floor(units / (buy + get)) * get;
  for (const { id, quantity, unitPrice } of [...goods].sort(
    (a, b) => compare(a.unitPrice.minor, b.unitPrice.minor) || compare(a.id, b.id),
  )) {
    const units = Math.min(free, quantity);
    discounts.set(id, unitPrice.minor * BigInt(units));
    free -= units;
  }
  return discounts;
}
