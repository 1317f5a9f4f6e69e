import type { Statement } from '@tandem/kernel';

/**
 * Adds products whole, `$1` being them as JSON: categories that are missing, products, variants, prices, lowest prices, and the words they
 * are described with: SKUs and numbers are not misspelt words, and "the" says nothing. A product whose slug is taken and a variant whose SKU is taken are left out; the counts tell.
 */
export const addProducts: Statement = {
  name: 'catalog_add_products',
  text: `WITH given AS (
      SELECT g.*, g.category_title || ' ' || (SELECT string_agg(v ->> 'title', ' ') FROM jsonb_array_elements(g.variants) v) AS names,
        (SELECT string_agg(v ->> 'sku', ' ') FROM jsonb_array_elements(g.variants) v) AS skus
      FROM (SELECT id, slug, title, description, category, image_url, variants, coalesce(category_title, category) AS category_title, place
        FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (
          id uuid, slug text, title text, description text, category text, "imageUrl" text, variants jsonb, "categoryTitle" text))
        WITH ORDINALITY AS t(id, slug, title, description, category, image_url, variants, category_title, place)) g),
    shelves AS (INSERT INTO category (id, title) SELECT DISTINCT ON (category) category, category_title FROM given ORDER BY 1 ON CONFLICT (id) DO NOTHING),
    made AS (
      INSERT INTO product (id, slug, title, description, category_id, image_url, search)
      SELECT id, slug, title, description, category, image_url, product_search(title, names || ' ' || skus, description) FROM given ORDER BY place
      ON CONFLICT (slug) DO NOTHING RETURNING id),
    given_variant AS (
      SELECT g.id AS product_id, v.* FROM given g JOIN made USING (id)
      CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(g.variants) AS (id uuid, sku text, title text, "weightGrams" int, prices jsonb))
      WITH ORDINALITY AS v(id, sku, title, weight_grams, prices, place)),
    made_variant AS (
      INSERT INTO variant (id, product_id, position, sku, title, weight_grams)
      SELECT id, product_id, place - 1, sku, title, weight_grams FROM given_variant ORDER BY sku
      ON CONFLICT (sku) DO NOTHING RETURNING id),
    given_price AS (
      SELECT v.product_id, v.id AS variant_id, p.currency, p.minor FROM given_variant v JOIN made_variant USING (id)
      CROSS JOIN LATERAL jsonb_to_recordset(v.prices) AS p(currency text, minor bigint)),
    priced AS (INSERT INTO price (variant_id, currency, minor) SELECT variant_id, currency, minor FROM given_price),
    lowest AS (INSERT INTO lowest_price (product_id, currency, minor) SELECT product_id, currency, min(minor) FROM given_price GROUP BY 1, 2),
    learnt AS (
      INSERT INTO word (word)
      SELECT DISTINCT w FROM given JOIN made USING (id), string_to_table(folded(title || ' ' || names || ' ' || description), ' ') w
      WHERE length(w) BETWEEN 2 AND 60 AND w !~ '^[0-9]+$' AND to_tsvector('english', w) <> ''::tsvector ORDER BY 1
      ON CONFLICT (word) DO NOTHING)
    SELECT (SELECT count(*)::int FROM made) AS products, (SELECT count(*)::int FROM made_variant) AS variants`,
};

export type AddedRow = { readonly products: number; readonly variants: number };
