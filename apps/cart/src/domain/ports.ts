import type { Currency, Money, Tx } from '@tandem/kernel';
import type { Address, Cart, Line } from './cart.js';
import type { VariantQuote } from './price.js';

export type NewCart = Pick<Cart, 'id' | 'ownerId' | 'currency' | 'locale'>;
export type Details = { readonly email?: string; readonly shippingAddress?: Address; readonly shippingOptionId?: string };

/** Carts and their lines. Every write in `tx` raises the version by one. */
export type CartStore = {
  create(tx: Tx, cart: NewCart): Promise<Cart>;
  find(id: string): Promise<Cart | undefined>;
  lock(tx: Tx, id: string): Promise<Cart | undefined>;
  putLine(tx: Tx, cartId: string, line: Line): Promise<void>;
  removeLine(tx: Tx, cartId: string, lineId: string): Promise<void>;
  setDetails(tx: Tx, cartId: string, details: Details): Promise<void>;
  /** Closes the cart that became an order. False when there is no such cart or it was closed before. */
  order(tx: Tx, cartId: string, orderId: string): Promise<boolean>;
  /** The newest open carts of an owner, newest first. */
  openOf(ownerId: string): Promise<readonly Cart[]>;
  hand(tx: Tx, cartId: string, ownerId: string): Promise<void>;
  remove(tx: Tx, cartId: string): Promise<void>;
};

/** What variants cost now, by variant id (UUID); those that are not sold in the currency are left out. */
export type QuotePrices = (variantIds: readonly string[], currency: Currency) => Promise<ReadonlyMap<string, VariantQuote>>;

/** Units that can be bought now, by variant id (UUID); unknown variants are left out. */
export type AskStock = (variantIds: readonly string[]) => Promise<ReadonlyMap<string, number>>;

export type ShippingOption = { readonly id: string; readonly title: string; readonly price: Money; readonly estimatedDays: number; readonly carrier: string; readonly service: string };
export type ListRates = (to: { readonly currency: Currency; readonly country: string; readonly weightGrams: number }) => Promise<readonly ShippingOption[]>;
