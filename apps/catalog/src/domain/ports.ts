import type { Currency, Money, Tx } from '@tandem/kernel';
import type { Page, PageRequest } from './page.js';
import type { Category, NewProduct, Product, ProductPicture, Quote, Variant } from './product.js';

/** Reads; each is one statement. */
export type Products = {
  /** Products that are offered in the currency. Pages neither repeat nor skip while nothing changes. */
  page(request: PageRequest): Promise<Page>;
  /** False when not one product has a price in the currency. */
  offers(currency: Currency): Promise<boolean>;
  byId(id: string): Promise<Product | undefined>;
  bySlug(slug: string): Promise<Product | undefined>;
  /** Unknown ids are left out. */
  byIds(ids: readonly string[]): Promise<readonly Product[]>;
  /** Variants that are unknown or have no price in the currency are left out. */
  quotes(variantIds: readonly string[], currency: Currency): Promise<readonly Quote[]>;
  /** Which of these are in use already. */
  taken(slug: string, skus: readonly string[]): Promise<{ readonly slug: boolean; readonly sku: boolean }>;
};

export type Added = { readonly kind: 'added'; readonly product: Product } | { readonly kind: 'slug-taken' | 'sku-taken' };

/** Writes. */
export type Shelves = {
  /** Adds one product whole. After `slug-taken` or `sku-taken` the transaction must be rolled back. */
  add(tx: Tx, product: NewProduct): Promise<Added>;
  /** Sets a price and raises the product's version, under the product's row lock; `undefined` when there is no such variant. */
  setPrice(tx: Tx, variantId: string, price: Money): Promise<Repriced | undefined>;
  /** Replaces all pictures of a product and raises its version, under its row lock; `undefined` when there is no such product. The claim is not loose any more, the former one is. Throws when the claim was not noted, or too long ago. */
  setPictures(
    tx: Tx,
    productId: string,
    shown: { readonly pictures: readonly ProductPicture[]; readonly claim: string },
  ): Promise<Pictured | undefined>;
};

/** `formerClaim`: under which media kept the pictures that were shown before; null for none. */
export type Pictured = { readonly product: Product; readonly formerClaim: string | null };

/** Claims at media that no product shows, not yet or not any more: noted before they are made, so that whatever breaks off, each is released. */
export type LooseClaims = {
  /** Due in an hour, unless a product shows it by then. */
  note(claim: string): Promise<void>;
  /** Some that are due. */
  due(): Promise<readonly string[]>;
  forget(claim: string): Promise<void>;
};

export type Repriced = {
  readonly productId: string;
  readonly slug: string;
  readonly version: number;
  readonly variant: Variant;
  /** What it cost before in that currency; null for nothing. */ readonly was: Money | null;
};

export type Categories = { all(): Promise<readonly Category[]> };

/** Gives new variants their first stock, in the inventory service. Repeatable. Throws when it does not answer. */
export type IntroduceStock = (stock: readonly FirstStock[]) => Promise<void>;
/** `seats`: labels of numbered units, as many as `quantity`; absent where units have no numbers. `elsewhere`: units at other locations of inventory (`loc_…`). */
export type FirstStock = {
  readonly variantId: string;
  readonly quantity: number;
  readonly seats?: readonly string[];
  readonly elsewhere?: readonly { readonly locationId: string; readonly quantity: number }[];
};

/** What seeding writes to. */
export type SeedShelf = {
  isDone(): Promise<boolean>;
  /** Adds products in their order, the last being the newest; those that are there already stay as they are. */
  addAll(products: readonly NewProduct[]): Promise<void>;
  /** Ids by SKU, of variants that are there. */
  variantIds(skus: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Notes that seeding is done, for good. */
  finish(): Promise<void>;
};

/** The media service, which keeps what somebody has claimed. */
export type PictureArchive = {
  /** Keeps the pictures for a product until the claim, a UUID as the product's id, is released. Repeatable. `missing` and `not-ready` tell of one of them; a media service of a release before does not say which is missing by itself. Throws when media does not answer. */
  claim(claim: { readonly claim: string; readonly productId: string }, mediaIds: readonly string[]): Promise<Claimed>;
  /** Repeatable. */
  release(claim: string): Promise<void>;
};
export type Claimed =
  | { readonly kind: 'claimed'; readonly pictures: readonly ProductPicture[] }
  | { readonly kind: 'missing'; readonly mediaId: string | undefined; readonly because: string }
  | { readonly kind: 'not-ready'; readonly because: string };
