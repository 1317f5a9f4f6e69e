import { add, type Currency, type Money, sum, times, zero } from '@tandem/kernel';
import type { Line } from './cart.js';

/** What a variant costs now, and what an order needs to know of it. */
export type VariantQuote = { readonly sku: string; readonly title: string; readonly category: string; readonly unitPrice: Money; readonly weightGrams: number };

export type PricedLine = Line & VariantQuote & { readonly total: Money; readonly discount: Money };

export type Totals = { readonly subtotal: Money; readonly shipping: Money; readonly tax: Money; readonly discount: Money; readonly total: Money };

export type Priced = Totals & { readonly lines: readonly PricedLine[] };

/** A variant of the cart that is not sold (any more) in its currency. */
export type Unpriced = { readonly kind: 'unknown-variant'; readonly variantId: string; readonly lineId: string };

export type Pricing = ({ readonly kind: 'priced' } & Priced) | Unpriced;

/**
 * The one calculation of the shop: `line.total = unitPrice × quantity`, `subtotal = Σ line.total`, `total = subtotal + shipping + tax − discount`.
 * Tax and discount are zero so far.
 */
export function price(lines: readonly Line[], { currency, quotes, shipping }: { currency: Currency; quotes: ReadonlyMap<string, VariantQuote>; shipping: Money | null }): Pricing {
  const unknown = lines.find(({ variantId }) => !quotes.has(variantId));
  if (unknown) return { kind: 'unknown-variant', variantId: unknown.variantId, lineId: unknown.id };
  const none = zero(currency);
  const priced = lines.flatMap((line) => {
    const quote = quotes.get(line.variantId);
    return quote ? [{ ...line, ...quote, total: times(quote.unitPrice, line.quantity), discount: none }] : [];
  });
  const subtotal = sum(priced.map(({ total }) => total), currency);
  return { kind: 'priced', lines: priced, subtotal, shipping: shipping ?? none, tax: none, discount: none, total: add(subtotal, shipping ?? none) };
}
