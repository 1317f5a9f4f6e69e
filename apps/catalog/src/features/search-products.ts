import { createHash } from 'node:crypto';
import { type Currency, isCurrency, isUuid } from '@tandem/kernel';
import { type Filter, isSort, type Page, type Position, usualOrder } from '../domain/page.js';
import type { Products } from '../domain/ports.js';

export type SearchProductsQuery = {
  readonly query: string;
  readonly category: string;
  /** Empty for the usual one. */
  readonly sort: string;
  /** Empty for `usualCurrency`. */
  readonly currency: string;
  readonly limit: number;
  readonly cursor: string;
};
export type Search =
  | { readonly kind: 'found'; readonly products: Page['products']; readonly nextCursor: string }
  | { readonly kind: 'unknown-sort' | 'bad-cursor' | 'currency-not-offered' };

/** What prices are shown in when nobody says otherwise; always offered, even by an empty shop. */
export const usualCurrency: Currency = 'EUR';

/** A page of what is on sale. A cursor belongs to the search it came from: with another query, category, currency or sort it is refused. */
export class SearchProducts {
  constructor(private readonly products: Products) {}

  async run({ query, category, sort, currency, limit, cursor }: SearchProductsQuery): Promise<Search> {
    const priced = currency || usualCurrency;
    if (sort !== '' && !isSort(sort)) return { kind: 'unknown-sort' };
    if (!isCurrency(priced)) return { kind: 'currency-not-offered' };
    const filter: Filter = { query: query.trim(), category, currency: priced, order: sort === '' ? usualOrder(query.trim()) : sort };
    const after = cursor === '' ? undefined : positionOf(cursor, filter);
    if (after === 'bad-cursor') return { kind: 'bad-cursor' };
    const page = await this.products.page({ ...filter, limit, after });
    if (page.products.length === 0 && priced !== usualCurrency && !(await this.products.offers(priced)))
      return { kind: 'currency-not-offered' };
    return { kind: 'found', products: page.products, nextCursor: page.next ? cursorOf(page.next, filter) : '' };
  }
}

/** Base64url of `[fingerprint of the filter, key, id]` as JSON. */
function cursorOf({ key, id }: Position, filter: Filter): string {
  return Buffer.from(JSON.stringify([fingerprintOf(filter), key, id])).toString('base64url');
}

function positionOf(cursor: string, filter: Filter): Position | 'bad-cursor' {
  const [fingerprint, key, id] = partsOf(cursor);
  if (fingerprint !== fingerprintOf(filter) || typeof key !== 'string' || typeof id !== 'string' || !isUuid(id)) return 'bad-cursor';
  const isKey = filter.order.endsWith('title') ? !key.includes('\0') : /^-?\d{1,18}$/.test(key);
  return isKey ? { key, id } : 'bad-cursor';
}

function partsOf(cursor: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parts) ? parts : [];
  } catch {
    return []; // not JSON: not one of ours
  }
}

function fingerprintOf({ query, category, currency, order }: Filter): string {
  return createHash('sha256')
    .update(JSON.stringify([query, category, currency, order]))
    .digest('base64url')
    .slice(0, 8);
}
