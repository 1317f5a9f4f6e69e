import type { Currency, Money, Tx } from '@tandem/kernel';
import type { Address, Cart, Line } from './cart.js';
import type { VariantQuote } from './price.js';

/** What a new cart is made of. */
export type NewCart = Pick<Cart, 'id' | 'ownerId' | 'currency' | 'locale'>;
/** Where a cart goes; what is absent stays as it is. */
export type Details = { readonly email?: string; readonly shippingAddress?: Address; readonly shippingOptionId?: string };

/** Carts and their lines. Every write in `tx` raises the version by one. */
export type CartStore = {
  create(tx: Tx, cart: NewCart): Promise<Cart>;
  find(id: string): Promise<Cart | undefined>;
  /** Locks a cart until `tx` ends and answers it as it is then; `seen` spares the second look when nothing was written since. */
  lock(tx: Tx, id: string, seen?: Cart): Promise<Cart | undefined>;
  /** Adds lines and sets quantities, keyed by variant; other lines stay. */
  putLines(tx: Tx, cartId: string, lines: readonly Line[]): Promise<void>;
  removeLine(tx: Tx, cartId: string, lineId: string): Promise<void>;
  setDetails(tx: Tx, cartId: string, details: Details): Promise<void>;
  /** Closes the cart that became an order. False when there is no such cart or it was closed before. */
  order(tx: Tx, cartId: string, orderId: string): Promise<boolean>;
  /** The newest open carts of an owner, newest first; 20 at most. */
  openOf(ownerId: string): Promise<readonly Cart[]>;
  /** Gives all open carts of one owner to another. */
  handOver(tx: Tx, fromId: string, toId: string): Promise<void>;
  remove(tx: Tx, cartId: string): Promise<void>;
};

/** The request that causes a call to another service: its id and deadline travel on. */
export type OnBehalf = { readonly requestId: string; readonly deadline: Date | undefined; readonly traceparent: string | undefined };

/** What variants cost now, by variant id (UUID); those that are not sold in the currency are left out. Throws when catalog is away. */
export type QuotePrices = (variantIds: readonly string[], currency: Currency, call: OnBehalf) => Promise<ReadonlyMap<string, VariantQuote>>;

/** Units that can be bought now, by variant id (UUID); unknown variants are left out. Throws when inventory is away. */
export type AskStock = (variantIds: readonly string[], call: OnBehalf) => Promise<ReadonlyMap<string, number>>;

/** A way to deliver, and what it costs in the cart's currency. */
export type ShippingOption = { readonly id: string; readonly title: string; readonly price: Money; readonly estimatedDays: number; readonly carrier: string; readonly service: string };
/** What shipping costs now; `country` is empty while it is not known. Rates are flat: the weight is not sent. Throws when shipping is away. */
export type ListRates = (to: { readonly currency: Currency; readonly country: string }, call: OnBehalf) => Promise<readonly ShippingOption[]>;
