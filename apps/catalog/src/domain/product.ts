import type { Money } from '@tandem/kernel';

/** Something on sale. Ids are UUIDs. */
export type Product = {
  readonly id: string;
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly category: string;
  /** Path on the storefront, `/images/….webp`. */
  readonly imageUrl: string;
  /** Uploaded, in the order they are shown; instead of `imageUrl` where there are any. */
  readonly pictures: readonly ProductPicture[];
  /** Never empty, in the order they are shown. */
  readonly variants: readonly Variant[];
  readonly createdAt: Date;
  /** Rises by one with every change. */
  readonly version: number;
};

/** What a page must know of a picture before it loads it. `mediaId` is public, `widths` ascend, `color` is `#rrggbb`, `recipe` is that of its renditions. */
export type ProductPicture = {
  readonly mediaId: string;
  readonly width: number;
  readonly height: number;
  readonly blurHash: string;
  readonly color: string;
  readonly widths: readonly number[];
  readonly recipe: number;
};

/** What is put into a cart. One price per currency it is offered in. */
export type Variant = {
  readonly id: string;
  readonly sku: string;
  readonly title: string;
  readonly weightGrams: number;
  readonly prices: readonly Money[];
};

/** A product as it is made; id and slug are chosen, version and time come with the writing. */
export type NewProduct = Omit<Product, 'createdAt' | 'version' | 'pictures'> & {
  /** Only for a category that is not there yet; by default its id. */
  readonly categoryTitle?: string;
};

export type Category = { readonly id: string; readonly title: string };

/** What a variant costs in one currency, with what an order wants to know of it. */
export type Quote = {
  readonly variantId: string;
  readonly productId: string;
  readonly sku: string;
  readonly title: string;
  readonly category: string;
  readonly unitPrice: Money;
  readonly weightGrams: number;
  readonly imageUrl: string;
  /** The first of the product's pictures; instead of `imageUrl` where there is one. */
  readonly picture: ProductPicture | null;
};

/** What a line of an order is called: the product, and which of its variants where there are several. */
export function lineTitle(product: string, variant: string, isOnlyVariant: boolean): string {
  return isOnlyVariant ? product : `${product}, ${variant}`;
}

/** A price is at least one minor unit and at most this many. */
export const highestPrice = 1_000_000_000_000n;

/** Lower-case words joined by hyphens, at most 80 characters; empty when the title has no Latin letters or digits. */
export function slugOf(title: string): string {
  const words = title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’]/g, '')
    .split(/[^a-z0-9]+/);
  return words
    .filter((word) => word !== '')
    .join('-')
    .slice(0, 80)
    .replace(/-$/, '');
}
