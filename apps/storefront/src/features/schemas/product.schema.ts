import type { catalogV1 } from '@tandem/contracts';
import { z } from 'zod';
import { currencyCode, Money, moneyFrom, page } from './common.schema.js';
import { ProductImage, productImageFrom } from './picture.schema.js';

export const ProductQuery = z.strictObject({
  q: z.string().max(200).optional().describe('Words to look for; forgives typing errors'),
  category: z.string().max(100).optional(),
  sort: z.enum(['price', '-price', 'title', '-title', '-createdAt']).optional(),
  currency: currencyCode.optional(),
  ...page,
});

export const CurrencyQuery = z.strictObject({ currency: currencyCode.optional() });

const Variant = z
  .object({
    id: z.string(),
    sku: z.string(),
    title: z.string(),
    price: Money,
    available: z.int().describe('Units on hand that nobody has reserved'),
  })
  .meta({ id: 'Variant' });

export const Product = z
  .object({
    id: z.string(),
    slug: z.string(),
    title: z.string(),
    description: z.string(),
    category: z.string(),
    imageUrl: z.string().describe('Of the first image, else a picture of the shop'),
    images: z.array(ProductImage).describe('Uploaded pictures'),
    variants: z.array(Variant),
  })
  .meta({ id: 'Product' });
export type Product = z.infer<typeof Product>;

/** A product with its prices in one currency; variants without such a price are left out. */
export function productFrom(product: catalogV1.Product, currency: string, available: (variantId: string) => number): Product {
  const { id, slug, title, description, category } = product;
  const images = product.pictures.map(productImageFrom);
  const variants = product.variants.flatMap(({ id: variantId, sku, title: variantTitle, prices }) => {
    const price = prices.find((offered) => offered.currency === currency);
    return price ? [{ id: variantId, sku, title: variantTitle, price: moneyFrom(price), available: available(variantId) }] : [];
  });
  return { id, slug, title, description, category, imageUrl: images[0]?.url ?? product.imageUrl, images, variants };
}
