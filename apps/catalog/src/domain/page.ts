import type { Currency } from '@tandem/kernel';
import type { Product } from './product.js';

/** Orders a list can be asked in; a product's price is its lowest variant's. */
export const sorts = ['price', '-price', 'title', '-title', '-createdAt'] as const;
export type Sort = (typeof sorts)[number];

/** What pages are ordered by: a sort, or how well products answer the query. */
export type Order = Sort | 'relevance';

export function isSort(text: string): text is Sort {
  return (sorts as readonly string[]).includes(text);
}

/** The order of a list nobody chose one for. */
export function usualOrder(query: string): Order {
  return query === '' ? '-createdAt' : 'relevance';
}

/** Where a page ended: the sort key of its last product, as text, and its id, which decides between equal keys. */
export type Position = { readonly key: string; readonly id: string };

/** A list of products; the next page is asked with the same filter. */
export type Filter = { readonly query: string; readonly category: string; readonly currency: Currency; readonly order: Order };

export type PageRequest = Filter & { readonly limit: number; readonly after: Position | undefined };

/** `next`: where the next page begins; `undefined` after the last. */
export type Page = { readonly products: readonly Product[]; readonly next: Position | undefined };
