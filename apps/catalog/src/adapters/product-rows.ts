import { type Currency, money } from '@tandem/kernel';
import type { NewProduct, Product, ProductPicture, Variant } from '../domain/product.js';

export type PriceRow = { readonly currency: Currency; readonly minor: number };
export type VariantRow = {
  readonly id: string;
  readonly sku: string;
  readonly title: string;
  readonly weightGrams: number;
  readonly prices: readonly PriceRow[];
};
/** Those that were set before recipes had numbers are of the first. */
export type PictureRow = Omit<ProductPicture, 'recipe'> & Partial<Pick<ProductPicture, 'recipe'>>;
export type ProductRow = {
  readonly id: string;
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly category_id: string;
  readonly image_url: string;
  readonly pictures: readonly PictureRow[];
  readonly version: number;
  readonly created_at: Date;
  readonly variants: readonly VariantRow[];
};

/** A variant `v` with its prices, as one JSON object. Prices are below 2^53, so JSON holds them exactly. */
export const variantJson = `json_build_object('id', v.id, 'sku', v.sku, 'title', v.title, 'weightGrams', v.weight_grams, 'prices',
  (SELECT coalesce(json_agg(json_build_object('currency', c.currency, 'minor', c.minor) ORDER BY c.currency), '[]') FROM price c WHERE c.variant_id = v.id))`;

/** Columns of `ProductRow` for a product `p`. */
export const productColumns = `p.id, p.slug, p.title, p.description, p.category_id, p.image_url, p.pictures, p.version, p.created_at,
  (SELECT coalesce(json_agg(${variantJson} ORDER BY v.position), '[]') FROM variant v WHERE v.product_id = p.id) AS variants`;

export function toProduct(row: ProductRow): Product {
  return {
    id: row.id,
    slug: row.slug,
    title: row.title,
    description: row.description,
    category: row.category_id,
    imageUrl: row.image_url,
    pictures: row.pictures.map(toPicture),
    variants: row.variants.map(toVariant),
    createdAt: row.created_at,
    version: row.version,
  };
}

export function toPicture(row: PictureRow): ProductPicture {
  return { recipe: 1, ...row };
}

export function toVariant({ id, sku, title, weightGrams, prices }: VariantRow): Variant {
  return { id, sku, title, weightGrams, prices: prices.map(({ currency, minor }) => money(BigInt(minor), currency)) };
}

/** New products as the JSON that `add` reads. */
export function toJson(products: readonly NewProduct[]): string {
  return JSON.stringify(products, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
}
