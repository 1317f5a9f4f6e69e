import { Refusal } from '@tandem/host';
import type { Cart } from '../domain/cart.js';
import type { AskStock, ListRates, OnBehalf, QuotePrices, ShippingOption } from '../domain/ports.js';
import { price, type Priced, type VariantQuote } from '../domain/price.js';

/** A cart with what it costs now. */
export type PricedCart = { readonly cart: Cart; readonly priced: Priced };

/** What was asked of the other services before a write: enough to answer the cart priced as it is after it. */
export type View = {
  readonly quotes: ReadonlyMap<string, VariantQuote>;
  /** Variants whose price was asked; those without a quote are not sold. */
  readonly asked: ReadonlySet<string>;
  readonly stock: ReadonlyMap<string, number>;
  /** Rates, and the country they are for; null when no option was chosen, so that nobody asked. */
  readonly rates: { readonly country: string; readonly options: readonly ShippingOption[] } | null;
};

/** Nothing was asked, because there is nothing to price. */
export const nothingAsked: View = { quotes: new Map(), asked: new Set(), stock: new Map(), rates: null };

/** The cart became another one after prices were asked, and they do not cover it: the work starts over. */
export class StaleView extends Error {
  override readonly name = 'StaleView';
}

const attempts = 25;

/** Starts work over while it meets a cart that others change; refuses with `overloaded` after 25 tries. Each round at least one of them gets through. */
export async function untilFresh<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StaleView)) throw error;
    }
  }
  throw new Refusal('overloaded', { detail: 'too many requests change this cart at the same time', retryAfterSeconds: 1 });
}

/** Asks catalog, inventory and shipping what a cart needs to be shown. Nothing is kept from one call to the next. */
export class CartView {
  constructor(private readonly quotePrices: QuotePrices, readonly stockOf: AskStock, private readonly listRates: ListRates) {}

  /** Prices of the cart's lines and of `more`, stock of `more`, rates if an option is chosen; all at the same time. */
  async ask(cart: Pick<Cart, 'lines' | 'currency' | 'shippingOptionId' | 'shippingAddress'>, call: OnBehalf, more: readonly string[] = []): Promise<View> {
    const asked = new Set([...cart.lines.map(({ variantId }) => variantId), ...more]);
    const [quotes, stock, options] = await Promise.all([
      this.quotePrices([...asked], cart.currency, call),
      this.stockOf(more, call),
      cart.shippingOptionId === null ? null : this.options(cart, call),
    ]);
    return { quotes, asked, stock, rates: options && { country: countryOf(cart), options } };
  }

  options(cart: Pick<Cart, 'currency' | 'shippingAddress'>, call: OnBehalf): Promise<readonly ShippingOption[]> {
    return this.listRates({ currency: cart.currency, country: countryOf(cart) }, call);
  }
}

/** The cart priced with what was asked. Throws `StaleView` when that does not cover it. */
export function show(cart: Cart, view: View): PricedCart {
  if (!covers(view, cart)) throw new StaleView();
  const option = view.rates?.options.find(({ id }) => id === cart.shippingOptionId);
  return { cart, priced: price(cart.lines, { currency: cart.currency, quotes: view.quotes, shipping: option?.price ?? null }) };
}

function covers({ asked, rates }: View, cart: Cart): boolean {
  const knowsRates = cart.shippingOptionId === null || rates?.country === countryOf(cart);
  return knowsRates && cart.lines.every(({ variantId }) => asked.has(variantId));
}

function countryOf({ shippingAddress }: Pick<Cart, 'shippingAddress'>): string {
  return shippingAddress?.country ?? '';
}
