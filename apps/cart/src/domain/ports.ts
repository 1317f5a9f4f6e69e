import type { Currency, Tx } from '@tandem/kernel';
import type { Cart, CartChange, Line } from './cart.js';
import type { Terms, VariantQuote } from './pricing/price.js';
import type { Offer } from './pricing/promotion.js';
import type { Tariff } from './pricing/shipping.js';
import type { TaxRate } from './pricing/tax.js';

/** What a new cart is made of. */
export type NewCart = Pick<Cart, 'id' | 'ownerId' | 'currency' | 'locale'>;
/** Carts and their lines. Every write raises the version by one; without `tx` it is a transaction of its own. */
export type CartStore = {
  create(cart: NewCart, tx?: Tx): Promise<Cart>;
  find(id: string): Promise<Cart | undefined>;
  /** Locks a cart until `tx` ends and answers it as it is then; `seen` spares the second look when nothing was written since. */
  lock(tx: Tx, id: string, seen?: Cart): Promise<Cart | undefined>;
  /** Adds lines and sets quantities, keyed by variant; other lines stay. */
  putLines(tx: Tx, cartId: string, lines: readonly Line[]): Promise<void>;
  /** Writes a change decided on that version of a cart; false, and nothing is written, when it is another one by now. */
  save(cart: Pick<Cart, 'id' | 'version'>, change: CartChange, tx?: Tx): Promise<boolean>;
  /** Closes the cart that became an order. False when there is no such cart or it was closed before. */
  order(tx: Tx, cartId: string, orderId: string): Promise<boolean>;
  /** The newest open carts of an owner, newest first; 20 at most. */
  openOf(ownerId: string): Promise<readonly Cart[]>;
  /** Gives all open carts of one owner to another. */
  handOver(tx: Tx, fromId: string, toId: string): Promise<void>;
  remove(tx: Tx, cartId: string): Promise<void>;
};

/** The request that causes a call to another service: its id and deadline travel on, and the call ends when nobody waits for the request any more. */
export type OnBehalf = {
  readonly requestId: string;
  readonly deadline: Date | undefined;
  readonly traceparent: string | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** What variants cost now, by variant id (UUID); those that are not sold in the currency are left out. Throws when catalog is away. */
export type QuotePrices = (variantIds: readonly string[], currency: Currency, call: OnBehalf) => Promise<ReadonlyMap<string, VariantQuote>>;

/** What can be bought of a variant; the units of a seated one have numbers. */
export type Stock = { readonly available: number; readonly isSeated: boolean };

/** What can be bought now, by variant id (UUID); unknown variants are left out. Throws when inventory is away. */
export type AskStock = (variantIds: readonly string[], call: OnBehalf) => Promise<ReadonlyMap<string, Stock>>;

/** The seats of a variant (UUID) that are free now. Throws when inventory is away. */
export type AskSeats = (variantId: string, call: OnBehalf) => Promise<ReadonlySet<string>>;

/** What shipping costs, for any weight; `country` is empty while it is not known. At most 5 s old. Throws when shipping is away. */
export type ListTariffs = (to: { readonly currency: Currency; readonly country: string }, call: OnBehalf) => Promise<readonly Tariff[]>;

/** Points a customer (UUID) could redeem now; below zero when more was taken back than was there. Throws when loyalty is away. */
export type SpendablePoints = (customerId: string, call: OnBehalf) => Promise<bigint>;

/** The promotion of a code (in capitals) as it stands for an owner now; undefined when there is none. For a cart that is ordered limits are of no account. */
export type FindOffer = (code: string, cart: Pick<Cart, 'ownerId' | 'status'>) => Promise<Offer | undefined>;

/** Tax rates as staff keeps them, in the order of country, region and category. */
export type TaxRates = {
  all(): Promise<readonly TaxRate[]>;
  /** Instead of those before; no two are for the same place and category. */
  replace(tx: Tx, rates: readonly TaxRate[]): Promise<void>;
};

/** The shop's own rates, at most 5 s old. */
export type FindTerms = () => Promise<Terms>;
