import { add, type Currency, type Money, money, subtract, sum, times, zero } from '@tandem/kernel';
import type { Line } from '../cart.js';
import { allot } from './allot.js';
import { redeem } from './points.js';
import { type Idle, judge, type Judgement, type Offer } from './promotion.js';
import { type Destination, type TaxRate, taxOn } from './tax.js';

/** What a variant costs now, and what an order needs to know of it. */
export type VariantQuote = {
  readonly sku: string;
  readonly title: string;
  readonly category: string;
  readonly unitPrice: Money;
  readonly weightGrams: number;
  /** What it looks like now: a path on the storefront and pixels. */
  readonly picture?: Picture;
};

type Picture = { readonly url: string; readonly width: number; readonly height: number };

/** A line with what it costs. Its discount is its part of the total discount; `total` is before it. */
export type PricedLine = Line & VariantQuote & { readonly total: Money; readonly discount: Money };

/** The sums of a cart, all in its currency. `pointsValue` is a part of `discount`. */
export type Totals = {
  readonly subtotal: Money;
  readonly shipping: Money;
  readonly tax: Money;
  readonly discount: Money;
  readonly total: Money;
  readonly pointsValue: Money;
};

/** A cart's lines and sums. `gone`: lines whose variant is not sold (any more) in the currency; they cost nothing and cannot be ordered. */
export type Priced = Totals & {
  readonly lines: readonly PricedLine[];
  readonly gone: readonly Line[];
  readonly pointsRedeemed: bigint;
  /** The code of the promotion that lowers this price; null when none does. */
  readonly promotionCode: string | null;
  /** Why the promotion that was asked for does nothing; null when it does, or none was. */
  readonly promotionIdle: Idle | null;
};

/** Rates that are the shop's own data. */
export type Terms = { readonly taxRates: readonly TaxRate[]; readonly minorPerPoint: ReadonlyMap<Currency, bigint> };

/** What prices are made of: quotes by variant id, what the chosen option costs, and what lowers the price. */
export type Rates = {
  readonly currency: Currency;
  readonly quotes: ReadonlyMap<string, VariantQuote>;
  readonly shipping: Money | null;
  readonly destination: Destination | null;
  readonly terms: Terms;
  /** The promotion the shopper asked for; `unknown` when there is none by that code. */
  readonly offer: Offer | 'unknown' | null;
  readonly pointsToRedeem: bigint;
};

/**
 * The one calculation of the shop: `line.total = unitPrice × quantity`, `subtotal = Σ line.total`, `discount = Σ line.discount`,
 * `total = subtotal + shipping + tax − discount`. First the promotion, then points, then tax on what is left. Source: docs/reference/pricing.md.
 */
export function price(lines: readonly Line[], rates: Rates): Priced {
  const { currency, destination, terms } = rates;
  const goods = goodsOf(lines, rates.quotes);
  const subtotal = sum(
    goods.map(({ total }) => total),
    currency,
  );
  const judgement = judgementOf(rates, goods);
  const shipsFree = judgement?.kind === 'applies' && judgement.shipsFree;
  const shipping = shipsFree ? zero(currency) : (rates.shipping ?? zero(currency));
  const promoted = goods.map(({ id, total }) => ({ id, weight: total.minor - discountOf(judgement, id) }));
  const left = promoted.reduce((total, { weight }) => total + weight, 0n);
  const redeemed = redeem({
    wanted: rates.pointsToRedeem,
    minorPerPoint: terms.minorPerPoint.get(currency) ?? 1n,
    goods: left,
    isLastToPay: shipping.minor === 0n,
  });
  const byPoints = allot(redeemed.value, promoted);
  const priced = goods.map((line) => ({
    ...line,
    discount: money(discountOf(judgement, line.id) + (byPoints.get(line.id) ?? 0n), currency),
  }));
  const discount = sum(
    priced.map((line) => line.discount),
    currency,
  );
  const taxed = priced.map((line) => ({ category: line.category, minor: line.total.minor - line.discount.minor }));
  const tax = money(taxOn({ goods: taxed, shipping: shipping.minor }, destination, terms.taxRates), currency);
  return {
    lines: priced,
    gone: lines.filter(({ variantId }) => !rates.quotes.has(variantId)),
    subtotal,
    shipping,
    tax,
    discount,
    total: subtract(add(add(subtotal, shipping), tax), discount),
    pointsRedeemed: redeemed.points,
    pointsValue: money(redeemed.value, currency),
    promotionCode: isFelt(judgement, rates) ? codeOf(rates) : null,
    promotionIdle: judgement?.kind === 'idle' ? judgement.because : null,
  };
}

/** Lines of variants that are sold, each with its total. */
export function goodsOf(lines: readonly Line[], quotes: ReadonlyMap<string, VariantQuote>): readonly Omit<PricedLine, 'discount'>[] {
  return lines.flatMap((line) => {
    const quote = quotes.get(line.variantId);
    return quote ? [{ ...line, ...quote, total: times(quote.unitPrice, line.quantity) }] : [];
  });
}

function judgementOf({ offer, currency }: Rates, goods: readonly Omit<PricedLine, 'discount'>[]): Judgement | null {
  if (offer === null) return null;
  return offer === 'unknown' ? { kind: 'idle', because: 'unknown' } : judge(offer, goods, currency);
}

function discountOf(judgement: Judgement | null, lineId: string): bigint {
  return judgement?.kind === 'applies' ? (judgement.discounts.get(lineId) ?? 0n) : 0n;
}

/** Whether a promotion changes the total: one that changes nothing is not used up by an order. */
function isFelt(judgement: Judgement | null, { shipping }: Rates): boolean {
  if (judgement?.kind !== 'applies') return false;
  return (judgement.shipsFree && (shipping?.minor ?? 0n) > 0n) || [...judgement.discounts.values()].some((minor) => minor > 0n);
}

function codeOf({ offer }: Rates): string | null {
  return offer === null || offer === 'unknown' ? null : offer.promotion.code;
}
