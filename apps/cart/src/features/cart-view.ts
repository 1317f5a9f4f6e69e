import { Refusal } from '@tandem/host';
import type { Cart } from '../domain/cart.js';
import type { AskSeats, AskStock, FindOffer, FindTerms, ListTariffs, OnBehalf, QuotePrices, Stock } from '../domain/ports.js';
import { goodsOf, price, type Priced, type Terms, type VariantQuote } from '../domain/pricing/price.js';
import type { Offer } from '../domain/pricing/promotion.js';
import { optionFor, type ShippingOption, type Tariff, weightOf } from '../domain/pricing/shipping.js';

/** A cart with what it costs now; `option` is the chosen one, if there is such an option. */
export type PricedCart = { readonly cart: Cart; readonly priced: Priced; readonly option: ShippingOption | undefined };

/** What was asked of others before a write: enough to answer the cart priced as it is after it. */
export type View = {
  readonly quotes: ReadonlyMap<string, VariantQuote>;
  /** Variants whose price was asked; those without a quote are not sold. */
  readonly asked: ReadonlySet<string>;
  readonly stock: ReadonlyMap<string, Stock>;
  /** Free seats of the variant whose seats are picked; empty when none are. */
  readonly freeSeats: ReadonlySet<string>;
  /** Tariffs, and the country they are for; null when no option was chosen, so that nobody asked. */
  readonly rates: { readonly country: string; readonly tariffs: readonly Tariff[] } | null;
  /** The promotion of the code that was asked about; null when none was. */
  readonly promotion: { readonly code: string; readonly offer: Offer | undefined } | null;
  readonly terms: Terms;
};

/** Nothing was asked, because there is nothing to price. */
export const nothingAsked: View = {
  quotes: new Map(),
  asked: new Set(),
  stock: new Map(),
  freeSeats: new Set(),
  rates: null,
  promotion: null,
  terms: { taxRates: [], minorPerPoint: new Map() },
};

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

/** Who knows what a price is made of. */
export type PriceSources = {
  readonly quotePrices: QuotePrices;
  readonly askStock: AskStock;
  readonly askSeats: AskSeats;
  readonly listTariffs: ListTariffs;
  readonly findOffer: FindOffer;
  readonly findTerms: FindTerms;
};

/** What of a cart its price depends on, beside its lines. */
type Priceable = Pick<Cart, 'lines' | 'currency' | 'shippingOptionId' | 'shippingAddress' | 'promotionCode' | 'ownerId' | 'status'>;

/** Asks others what a cart needs to be shown. Prices and stock are never kept from one call to the next. */
export class CartView {
  constructor(private readonly sources: PriceSources) {}

  /** Prices of the cart's lines and of `more`, stock of `more`, free seats of `seated`, tariffs if an option is chosen, the promotion if there is a code; all at the same time. */
  async ask(
    cart: Priceable,
    call: OnBehalf,
    { more = [], seated }: { readonly more?: readonly string[]; readonly seated?: string | undefined } = {},
  ): Promise<View> {
    const asked = new Set([...cart.lines.map(({ variantId }) => variantId), ...more]);
    const [quotes, stock, freeSeats, tariffs, promotion, terms] = await Promise.all([
      this.sources.quotePrices([...asked], cart.currency, call),
      this.sources.askStock(more, call),
      seated === undefined ? new Set<string>() : this.sources.askSeats(seated, call),
      cart.shippingOptionId === null ? null : this.tariffs(cart, call),
      cart.promotionCode === null ? null : this.promotion(cart.promotionCode, cart),
      this.sources.findTerms(),
    ]);
    return { quotes, asked, stock, freeSeats, rates: tariffs && { country: countryOf(cart), tariffs }, promotion, terms };
  }

  /** What the cart's goods could be delivered by. */
  async options(cart: Priceable, call: OnBehalf): Promise<readonly ShippingOption[]> {
    const ids = cart.lines.map(({ variantId }) => variantId);
    const [quotes, tariffs] = await Promise.all([this.sources.quotePrices(ids, cart.currency, call), this.tariffs(cart, call)]);
    const grams = weightOf(goodsOf(cart.lines, quotes));
    return tariffs.flatMap((tariff) => optionFor(tariff, grams) ?? []);
  }

  stockOf(variantIds: readonly string[], call: OnBehalf): Promise<ReadonlyMap<string, Stock>> {
    return this.sources.askStock(variantIds, call);
  }

  private tariffs(cart: Priceable, call: OnBehalf): Promise<readonly Tariff[]> {
    return this.sources.listTariffs({ currency: cart.currency, country: countryOf(cart) }, call);
  }

  private async promotion(code: string, cart: Priceable): Promise<View['promotion']> {
    return { code, offer: await this.sources.findOffer(code, cart) };
  }
}

/** The cart priced with what was asked. Throws `StaleView` when that does not cover it. */
export function show(cart: Cart, view: View): PricedCart {
  if (!covers(view, cart)) throw new StaleView();
  const tariff = view.rates?.tariffs.find(({ id }) => id === cart.shippingOptionId);
  const option = tariff && optionFor(tariff, weightOf(goodsOf(cart.lines, view.quotes)));
  const { currency, shippingAddress, pointsToRedeem, promotionCode } = cart;
  const destination = shippingAddress && { country: shippingAddress.country, region: shippingAddress.region ?? '' };
  const offer = promotionCode === null ? null : (view.promotion?.offer ?? 'unknown');
  const priced = price(cart.lines, {
    currency,
    quotes: view.quotes,
    shipping: option?.price ?? null,
    destination,
    terms: view.terms,
    offer,
    pointsToRedeem,
  });
  return { cart, priced, option };
}

function covers({ asked, rates, promotion }: View, cart: Cart): boolean {
  const knowsRates = cart.shippingOptionId === null || rates?.country === countryOf(cart);
  const knowsPromotion = cart.promotionCode === null || promotion?.code === cart.promotionCode;
  return knowsRates && knowsPromotion && cart.lines.every(({ variantId }) => asked.has(variantId));
}

function countryOf({ shippingAddress }: Pick<Cart, 'shippingAddress'>): string {
  return shippingAddress?.country ?? '';
}
