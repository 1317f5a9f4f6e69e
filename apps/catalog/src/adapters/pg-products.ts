import { type Currency, type Database, money, type Statement } from '@tandem/kernel';
import type { Products } from '../domain/ports.js';
import { lineTitle, type Quote } from '../domain/product.js';
import { pageStatement } from './product-pages.js';
import { type PictureRow, productColumns, type ProductRow, toPicture, toProduct } from './product-rows.js';

const offers: Statement = { name: 'catalog_offers', text: 'SELECT EXISTS (SELECT FROM lowest_price WHERE currency = $1) AS offered' };
const byId: Statement = { name: 'catalog_by_id', text: `SELECT ${productColumns} FROM product p WHERE p.id = $1` };
const bySlug: Statement = { name: 'catalog_by_slug', text: `SELECT ${productColumns} FROM product p WHERE p.slug = $1` };
const byIds: Statement = { name: 'catalog_by_ids', text: `SELECT ${productColumns} FROM product p WHERE p.id = ANY($1::uuid[])` };
const taken: Statement = {
  name: 'catalog_taken',
  text: 'SELECT EXISTS (SELECT FROM product WHERE slug = $1) AS slug, EXISTS (SELECT FROM variant WHERE sku = ANY($2::text[])) AS sku',
};
/** LATERAL with OFFSET keeps every look-up on its primary key, whatever the planner thinks of the length of the list. */
const quotes: Statement = {
  name: 'catalog_quotes',
  text: `SELECT q.* FROM unnest($1::uuid[]) asked (id) CROSS JOIN LATERAL (
      SELECT v.id, v.product_id, v.sku, v.title, v.weight_grams, p.title AS product, p.category_id, p.image_url, p.pictures -> 0 AS picture, c.minor, c.currency,
        NOT EXISTS (SELECT FROM variant o WHERE o.product_id = v.product_id AND o.id <> v.id) AS is_only
      FROM variant v JOIN product p ON p.id = v.product_id JOIN price c ON c.variant_id = v.id AND c.currency = $2
      WHERE v.id = asked.id OFFSET 0) q`,
};

type QuoteRow = {
  readonly id: string;
  readonly product_id: string;
  readonly sku: string;
  readonly title: string;
  readonly weight_grams: number;
  readonly product: string;
  readonly category_id: string;
  readonly image_url: string;
  readonly picture: PictureRow | null;
  readonly minor: string;
  readonly currency: Currency;
  readonly is_only: boolean;
};

/** Products in PostgreSQL, read as prepared statements. */
export function pgProducts(database: Database): Products {
  const one = async (statement: Statement, value: string): Promise<ProductRow | undefined> =>
    (await database.query<ProductRow>(statement, [value]))[0];
  return {
    async page(request) {
      const { statement, values } = pageStatement(request);
      const rows = await database.query<ProductRow & { key: string }>(statement, values);
      const shown = rows.slice(0, request.limit);
      const last = rows.length > request.limit ? shown.at(-1) : undefined;
      return { products: shown.map(toProduct), next: last && { key: last.key, id: last.id } };
    },
    offers: async (currency) => (await database.query<{ offered: boolean }>(offers, [currency]))[0]?.offered ?? false,
    byId: async (id) => optional(await one(byId, id)),
    bySlug: async (slug) => optional(await one(bySlug, slug)),
    byIds: async (ids) => (await database.query<ProductRow>(byIds, [ids])).map(toProduct),
    quotes: async (variantIds, currency) => (await database.query<QuoteRow>(quotes, [variantIds, currency])).map(toQuote),
    taken: async (slug, skus) =>
      (await database.query<{ slug: boolean; sku: boolean }>(taken, [slug, skus]))[0] ?? { slug: false, sku: false },
  };
}

const optional = (row: ProductRow | undefined) => row && toProduct(row);

function toQuote(row: QuoteRow): Quote {
  return {
    variantId: row.id,
    productId: row.product_id,
    sku: row.sku,
    title: lineTitle(row.product, row.title, row.is_only),
    category: row.category_id,
    unitPrice: money(BigInt(row.minor), row.currency),
    weightGrams: row.weight_grams,
    imageUrl: row.image_url,
    picture: row.picture && toPicture(row.picture),
  };
}
