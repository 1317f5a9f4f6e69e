import { type catalogV1, type commonV1, renditionPath } from '@tandem/contracts';
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

/** Pixels of a side of the shop's own drawings, which are square. Source: apps/catalog/seed/LICENSES.md. */
const drawingSide = 256;

/** Small, and of the kind that every mail program shows. */
function toLinePictureReply({ imageUrl, picture }: Pick<Quote, 'imageUrl' | 'picture'>): commonV1.Picture {
  if (!picture) return { url: imageUrl, width: drawingSide, height: drawingSide };
  const { mediaId, recipe } = picture;
  const width = picture.widths[0] ?? picture.width;
  const height = Math.max(1, Math.round((width * picture.height) / picture.width));
  return { url: renditionPath(mediaId, { width, format: 'jpeg', recipe }), width, height };
}

export function toQuoteReply({ variantId, productId, unitPrice, imageUrl, picture, ...quote }: Quote): catalogV1.Quote {
  return {
    ...quote,
    variantId: toPublicId('variant', variantId),
    productId: toPublicId('product', productId),
    unitPrice: toMoneyReply(unitPrice),
    picture: toLinePictureReply({ imageUrl, picture }),
  };
}
