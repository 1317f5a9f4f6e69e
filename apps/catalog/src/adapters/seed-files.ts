import { readdir, readFile } from 'node:fs/promises';
import { newUuid, toPublicId } from '@tandem/host';
import { currencies, money } from '@tandem/kernel';
import type { FirstStock } from '../domain/ports.js';
import type { NewProduct } from '../domain/product.js';

/** The shape of `seed/<category>.json`, proved by `seed-data.spec.ts`. */
type SeedVariant = {
  readonly sku: string;
  readonly title: string;
  readonly weightGrams: number;
  readonly stock: number;
  readonly elsewhere?: number;
  readonly seats?: { readonly rows: string; readonly each: number };
  readonly prices: Readonly<Record<string, number>>;
};
type SeedProduct = {
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly image: string;
  readonly variants: readonly SeedVariant[];
};
type SeedCategory = { readonly category: string; readonly title: string; readonly products: readonly SeedProduct[] };

export type Seed = { readonly products: readonly NewProduct[]; readonly stock: ReadonlyMap<string, Omit<FirstStock, 'variantId'>> };

/** The second location of a development shop, which inventory seeds. Source: docs/reference/stock.md. */
const northWarehouse = toPublicId('location', '01900000-0000-7000-8000-000000000002');

/** The seed beside this package: products in turns of the categories, so that the newest are of many kinds, and stock by SKU. */
export async function readSeed(folder = new URL('../../seed/', import.meta.url)): Promise<Seed> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const categories = await Promise.all(
    names.map(async (name) => JSON.parse(await readFile(new URL(name, folder), 'utf8')) as SeedCategory),
  );
  const products = categories.flatMap((category) =>
    category.products.map((product, turn) => ({ turn, product: toNew(category, product) })),
  );
  const stock = categories.flatMap(({ products: all }) =>
    all.flatMap(({ variants }) => variants.map((variant) => [variant.sku, stockOf(variant)] as const)),
  );
  return { products: products.sort((a, b) => a.turn - b.turn).map(({ product }) => product), stock: new Map(stock) };
}

/** Seats are numbered row by row: `A1`, `A2`, … `B1`. */
function stockOf({ stock, elsewhere, seats }: SeedVariant): Omit<FirstStock, 'variantId'> {
  return {
    quantity: stock,
    ...(seats ? { seats: [...seats.rows].flatMap((row) => Array.from({ length: seats.each }, (_, index) => `${row}${index + 1}`)) } : {}),
    ...(elsewhere === undefined ? {} : { elsewhere: [{ locationId: northWarehouse, quantity: elsewhere }] }),
  };
}

function toNew({ category, title }: SeedCategory, product: SeedProduct): NewProduct {
  return {
    id: newUuid(),
    slug: product.slug,
    title: product.title,
    description: product.description,
    category,
    categoryTitle: title,
    imageUrl: `/images/${product.image}`,
    variants: product.variants.map(({ sku, title: name, weightGrams, prices }) => ({
      id: newUuid(),
      sku,
      title: name,
      weightGrams,
      prices: toPrices(prices),
    })),
  };
}

function toPrices(prices: SeedVariant['prices']): NewProduct['variants'][number]['prices'] {
  return currencies.flatMap((currency) => {
    const minor = prices[currency];
    return minor === undefined ? [] : [money(BigInt(minor), currency)];
  });
}
