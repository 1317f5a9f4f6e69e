import type { catalogV1, commonV1 } from '@tandem/contracts';
import { toPublicId } from '@tandem/host';
import type { Money } from '@tandem/kernel';
import type { Product, ProductPicture, Quote, Variant } from '../domain/product.js';

export function toMoneyReply({ minor, currency }: Money): commonV1.Money {
  return { amount: minor.toString(), currency };
}

export function toVariantReply({ id, sku, title, prices, weightGrams }: Variant): catalogV1.Variant {
  return { id: toPublicId('variant', id), sku, title, prices: prices.map(toMoneyReply), weightGrams };
}

function toPictureReply({ widths, ...picture }: ProductPicture): catalogV1.ProductPicture {
  return { ...picture, widths: [...widths] };
}

export function toProductReply({
  id,
  slug,
  title,
  description,
  category,
  imageUrl,
  pictures,
  variants,
  createdAt,
  version,
}: Product): catalogV1.Product {
  const shown = variants.map(toVariantReply);
  return {
    id: toPublicId('product', id),
    slug,
    title,
    description,
    category,
    imageUrl,
    pictures: pictures.map(toPictureReply),
    variants: shown,
    createdAt: createdAt.toISOString(),
    version,
  };
}

export function toQuoteReply({ variantId, productId, unitPrice, ...quote }: Quote): catalogV1.Quote {
  return {
    ...quote,
    variantId: toPublicId('variant', variantId),
    productId: toPublicId('product', productId),
    unitPrice: toMoneyReply(unitPrice),
  };
}
