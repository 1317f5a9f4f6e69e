import type { Currency } from '@tandem/kernel';
import { type Cart, type Line } from '../domain/cart.js';
import type { AskStock, ListRates, QuotePrices, ShippingOption } from '../domain/ports.js';
import { price, type Priced, type VariantQuote } from '../domain/price.js';

/** A cart with what it costs now. */
export type PricedCart = { readonly cart: Cart; readonly priced: Priced };
export type Viewing = ({ readonly kind: 'priced' } & PricedCart) | { readonly kind: 'unknown-variant'; readonly variantId: string };

/** What was asked of the other services before a write: enough to answer the cart priced as it is after it. */
export type View = { readonly quotes: ReadonlyMap<string, VariantQuote>; readonly stock: ReadonlyMap<string, number>; readonly options: readonly ShippingOption[] };

/** A line that was not there when prices were asked: the write starts over. */
export class StaleView extends Error {
  override readonly name = 'StaleView';
}

/** Asks catalog, inventory and shipping what a cart needs to be shown. Nothing is kept from one call to the next. */
export class CartView {
  constructor(private readonly quotePrices: QuotePrices, private readonly askStock: AskStock, private readonly listRates: ListRates) {}

  /** Prices of the cart's lines and of `more`, stock of `more`, rates if an option is chosen; all at the same time. */
  async ask(cart: Pick<Cart, 'lines' | 'currency' | 'shippingOptionId' | 'shippingAddress'>, more: readonly string[] = []): Promise<View> {
    const variants = [...new Set([...cart.lines.map(({ variantId }) => variantId), ...more])];
    const [quotes, stock, options] = await Promise.all([
      this.quotePrices(variants, cart.currency),
      this.askStock(more),
      cart.shippingOptionId === null ? [] : this.options(cart),
    ]);
    return { quotes, stock, options };
  }

  options({ currency, shippingAddress }: { currency: Currency; shippingAddress: Cart['shippingAddress'] }): Promise<readonly ShippingOption[]> {
    return this.listRates({ currency, country: shippingAddress?.country ?? '', weightGrams: 0 });
  }

  stockOf(variantIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.askStock(variantIds);
  }
}

/** The cart priced with what was asked. Throws `StaleView` when a line came in between. */
export function show(cart: Cart, view: View, known: readonly Line[]): Viewing {
  if (cart.lines.some(({ variantId }) => !view.quotes.has(variantId) && !known.some((line) => line.variantId === variantId))) throw new StaleView();
  const option = view.options.find(({ id }) => id === cart.shippingOptionId);
  const pricing = price(cart.lines, { currency: cart.currency, quotes: view.quotes, shipping: option?.price ?? null });
  if (pricing.kind === 'unknown-variant') return pricing;
  const { kind: _kind, ...priced } = pricing;
  return { kind: 'priced', cart, priced };
}
