import { money, sessionOf, type Statement } from '@tandem/kernel';
import type { Shelves } from '../domain/ports.js';
import { addProducts, type AddedRow } from './add-products.js';
import { productColumns, type ProductRow, toJson, toProduct, toVariant, variantJson, type VariantRow } from './product-rows.js';

const whole: Statement = { name: 'catalog_whole', text: `SELECT ${productColumns} FROM product p WHERE p.id = $1` };

/** Raising the version locks the product, so that two prices of it are set one after the other. */
const touch: Statement = {
  name: 'catalog_touch',
  text: 'UPDATE product p SET version = p.version + 1 FROM variant v WHERE v.id = $1 AND p.id = v.product_id RETURNING p.id, p.slug, p.version',
};

const formerPrice: Statement = { name: 'catalog_former_price', text: 'SELECT minor FROM price WHERE variant_id = $1 AND currency = $2' };

/** `$1` variant, `$2` currency, `$3` minor units, `$4` product. */
const price: Statement = {
  name: 'catalog_price',
  text: `WITH priced AS (INSERT INTO price (variant_id, currency, minor) VALUES ($1, $2, $3) ON CONFLICT (variant_id, currency) DO UPDATE SET minor = excluded.minor)
    INSERT INTO lowest_price (product_id, currency, minor)
    SELECT $4, $2, least($3, (SELECT min(c.minor) FROM price c JOIN variant v ON v.id = c.variant_id WHERE v.product_id = $4 AND c.currency = $2 AND v.id <> $1))
    ON CONFLICT (product_id, currency) DO UPDATE SET minor = excluded.minor`,
};
/** `$2` pictures as JSON, `$3` the claim they are kept under. Answers the claim before it. */
const picture: Statement = {
  name: 'catalog_picture',
  text: `UPDATE product p SET pictures = $2::jsonb, picture_claim = $3, version = p.version + 1 FROM (SELECT id, picture_claim FROM product WHERE id = $1 FOR UPDATE) was
    WHERE p.id = was.id RETURNING was.picture_claim AS "formerClaim"`,
};
/** `$1` is shown from now on, `$2` no longer. A claim that may be released at any moment cannot be shown. */
const tie: Statement = { name: 'catalog_tie', text: 'DELETE FROM loose_claim WHERE claim = $1 AND due_at > now() RETURNING claim' };
const untie: Statement = {
  name: 'catalog_untie',
  text: `INSERT INTO loose_claim (claim, due_at) VALUES ($1, now() - interval '1 minute') ON CONFLICT DO NOTHING`,
};
const variant: Statement = { name: 'catalog_variant', text: `SELECT ${variantJson} AS variant FROM variant v WHERE v.id = $1` };

type Touched = { readonly id: string; readonly slug: string; readonly version: number };

/** Products in PostgreSQL, written in the caller's transaction. */
export function pgShelves(): Shelves {
  return {
    async add(tx, product) {
      const session = sessionOf(tx);
      const [counts] = await session.query<AddedRow>(addProducts, [toJson([product])]);
      if (counts?.products !== 1) return { kind: 'slug-taken' };
      if (counts.variants !== product.variants.length) return { kind: 'sku-taken' };
      const [row] = await session.query<ProductRow>(whole, [product.id]);
      if (!row) throw new Error(`product ${product.id} was added and is not there`);
      return { kind: 'added', product: toProduct(row) };
    },
    async setPrice(tx, variantId, { currency, minor }) {
      const session = sessionOf(tx);
      const [product] = await session.query<Touched>(touch, [variantId]);
      if (!product) return undefined;
      const [former] = await session.query<{ minor: string }>(formerPrice, [variantId, currency]);
      await session.query(price, [variantId, currency, minor, product.id]);
      const [row] = await session.query<{ variant: VariantRow }>(variant, [variantId]);
      return (
        row && {
          productId: product.id,
          slug: product.slug,
          version: product.version,
          variant: toVariant(row.variant),
          was: former ? money(BigInt(former.minor), currency) : null,
        }
      );
    },
    async setPictures(tx, productId, { pictures, claim }) {
      const session = sessionOf(tx);
      const [changed] = await session.query<{ formerClaim: string | null }>(picture, [productId, JSON.stringify(pictures), claim]);
      if (!changed) return undefined;
      if ((await session.query(tie, [claim])).length === 0) throw new Error(`the claim ${claim} came to nothing`);
      if (changed.formerClaim !== null) await session.query(untie, [changed.formerClaim]);
      const [row] = await session.query<ProductRow>(whole, [productId]);
      return row && { product: toProduct(row), formerClaim: changed.formerClaim };
    },
  };
}
