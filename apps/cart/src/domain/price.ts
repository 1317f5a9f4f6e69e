import { add, type Currency, type Money, sum, times, zero } from '@tandem/kernel';
import type { Line } from './cart.js';

/** What a variant costs now, and what an order needs to know of it. */
export type VariantQuote = { readonly sku: string; readonly title: string; readonly category: string; readonly unitPrice: Money; readonly weightGrams: number };

/** A line with what it costs; its discount is already a part of the total discount, not of its total. */
export type PricedLine = Line & VariantQuote & { readonly total: Money; readonly discount: Money };

/** The sums of a cart, all in its currency. */
export type Totals = { readonly subtotal: Money; readonly shipping: Money; readonly tax: Money; readonly discount: Money; readonly total: Money };

/** A cart's lines and sums. `gone`: lines whose variant is not sold (any more) in the currency; they cost nothing and cannot be ordered. */
export type Priced = Totals & { readonly lines: readonly PricedLine[]; readonly gone: readonly Line[] };

/** What prices are made of: quotes by variant id, and what the chosen option costs. */
export type Rates = { readonly currency: Currency; readonly quotes: ReadonlyMap<string, VariantQuote>; readonly shipping: Money | null };

/**
 * The one calculation of the shop: `line.total = unitPrice × quantity`, `subtotal = Σ line.total`, `total = subtotal + shipping + tax − discount`.
 * Tax and discount are zero so far.
 */
export function price(lines: readonly Line[], { currency, quotes, shipping }: Rates): Priced {
  const none = zero(currency);
  const priced = lines.flatMap((line) => {
    const quote = quotes.get(line.variantId);
    return quote ? [{ ...line, ...quote, total: times(quote.unitPrice, line.quantity), discount: none }] : [];
  });
  const gone = lines.filter(({ variantId }) => !quotes.has(variantId));
  const subtotal = sum(priced.map(({ total }) => total), currency);
  return { lines: priced, gone, subtotal, shipping: shipping ?? none, tax: none, discount: none, total: add(subtotal, shipping ?? none) };
}
