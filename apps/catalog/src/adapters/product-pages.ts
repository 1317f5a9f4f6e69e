import type { Statement } from '@tandem/kernel';
import type { Order, PageRequest } from '../domain/page.js';
import { productColumns } from './product-rows.js';

/** What was asked for. Read from a row of its own: the function that makes it is called once a page, not once a product. */
const query = '(SELECT query FROM asked)';

/** What a list is ordered by, as SQL over product `p`, lowest price `l` and the query; `type` is the key's. Equal keys are told apart by id. */
const keys: Readonly<
  Record<Order, { readonly name: string; readonly key: string; readonly type: string; readonly direction: 'ASC' | 'DESC' }>
> = {
  price: { name: 'price', key: 'l.minor', type: 'bigint', direction: 'ASC' },
  '-price': { name: 'price_down', key: 'l.minor', type: 'bigint', direction: 'DESC' },
  title: { name: 'title', key: 'lower(p.title) COLLATE "C"', type: 'text', direction: 'ASC' },
  '-title': { name: 'title_down', key: 'lower(p.title) COLLATE "C"', type: 'text', direction: 'DESC' },
  '-createdAt': { name: 'newest', key: 'p.sequence', type: 'bigint', direction: 'DESC' },
  relevance: { name: 'relevance', key: `(ts_rank(p.search, ${query}) * 1000000)::bigint`, type: 'bigint', direction: 'DESC' },
};

/**
 * One page and one row more, which tells whether there is another page: products with all that belongs to them, in one statement. The limit
 * stands in the text, so that the plan knows how few rows are wanted.
 */
export function pageStatement({ query: text, category, currency, order, limit, after }: PageRequest): {
  readonly statement: Statement;
  readonly values: readonly unknown[];
} {
  const values: unknown[] = [currency];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const { name, key, type, direction } = keys[order];
  const idKey = order.endsWith('price') ? 'l.product_id' : 'p.id';
  const asked = text === '' ? '' : `asked AS MATERIALIZED (SELECT product_query(${bind(text)}) AS query), `;
  const conditions = [
    'l.currency = $1',
    ...(text === '' ? [] : [`p.search @@ ${query}`]),
    ...(category === '' ? [] : [`p.category_id = ${bind(category)}`]),
    ...(after
      ? [`(${key}, ${idKey}) ${direction === 'ASC' ? '>' : '<'} (${bind(after.key)}::text::${type}, ${bind(after.id)}::uuid)`]
      : []),
  ];
  const sql = `WITH ${asked}page AS MATERIALIZED (
      SELECT p.id, ${key} AS key FROM product p JOIN lowest_price l ON l.product_id = p.id
      WHERE ${conditions.join(' AND ')} ORDER BY 2 ${direction}, ${idKey} ${direction} LIMIT ${limit + 1})
    SELECT page.key::text AS key, ${productColumns} FROM page JOIN product p USING (id) ORDER BY page.key ${direction}, page.id ${direction}`;
  const flags = [text !== '' && 'query', category !== '' && 'category', after && 'after'].filter(Boolean);
  return { statement: { name: ['catalog_page', name, ...flags, limit].join('_'), text: sql }, values };
}
