import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';

const kebabCase = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);
const minorUnits = z.int().positive();

const SeedVariant = z.strictObject({
  sku: z.string().regex(/^[A-Z]{3}(-[A-Z0-9]+)+$/),
  title: z.string().min(1),
  weightGrams: z.int().positive(),
  stock: z.int().nonnegative(),
  elsewhere: z.int().positive().optional(),
  seats: z.strictObject({ rows: z.string().regex(/^[A-Z]+$/), each: z.int().positive() }).optional(),
  prices: z.strictObject({ EUR: minorUnits, USD: minorUnits, JPY: minorUnits, BHD: minorUnits }),
});
const SeedProduct = z.strictObject({
  slug: kebabCase,
  title: z.string().min(1),
  description: z.string().min(80).max(600),
  image: z.string().endsWith('.webp'),
  variants: z.array(SeedVariant).min(1),
});
const SeedCategory = z.strictObject({ category: kebabCase, title: z.string().min(1), products: z.array(SeedProduct).min(1) });

const seedFolder = new URL('../seed/', import.meta.url);
const fileNames = readdirSync(seedFolder).filter((name) => name.endsWith('.json'));
const categories = fileNames.map((name) => SeedCategory.parse(JSON.parse(readFileSync(new URL(name, seedFolder), 'utf8'))));
const products = categories.flatMap((category) => category.products);
const variants = products.flatMap((product) => product.variants);

const picturePackage = dirname(createRequire(import.meta.url).resolve('@lobehub/fluent-emoji-3d/package.json'));
const pictures = new Set(readdirSync(join(picturePackage, 'assets')));

const repeated = (values: readonly string[]) => values.filter((value, index) => values.indexOf(value) !== index);
const sentences = (text: string) => text.split(/[.!?](?:\s|$)/).filter((part) => part.trim() !== '').length;

describe('the seed catalogue', () => {
  it('has 12 categories, each in the file of its name', () => {
    expect(categories.map(({ category }) => `${category}.json`)).toEqual(fileNames);
    expect(fileNames).toHaveLength(12);
  });

  it('has at least 200 products and 450 variants', () => {
    expect(products.length).toBeGreaterThanOrEqual(200);
    expect(variants.length).toBeGreaterThanOrEqual(450);
  });

  it('names no slug, SKU, product title or description twice', () => {
    expect(repeated(products.map(({ slug }) => slug))).toEqual([]);
    expect(repeated(variants.map(({ sku }) => sku))).toEqual([]);
    expect(repeated(products.map(({ title }) => title))).toEqual([]);
    expect(repeated(products.map(({ description }) => description))).toEqual([]);
  });

  it('tells the variants of one product apart by their titles', () => {
    expect(products.flatMap((product) => repeated(product.variants.map(({ title }) => `${product.slug}: ${title}`)))).toEqual([]);
  });

  it('describes every product in two to four sentences', () => {
    const odd = products
      .map(({ slug, description }) => [slug, sentences(description)] as const)
      .filter(([, count]) => count < 2 || count > 4);
    expect(odd).toEqual([]);
  });

  it('names only pictures that exist in the package, and none twice', () => {
    expect(products.map(({ image }) => image).filter((image) => !pictures.has(image))).toEqual([]);
    expect(repeated(products.map(({ image }) => image))).toEqual([]);
  });

  it('has exactly three variants sold out, a few low, and 200 or more of all others', () => {
    const low = variants
      .filter(({ seats }) => !seats)
      .map(({ stock }) => stock)
      .filter((stock) => stock > 0 && stock < 200);
    expect(variants.filter(({ stock }) => stock === 0)).toHaveLength(3);
    expect(low.filter((stock) => stock < 3 || stock > 12)).toEqual([]);
    expect(low.length).toBeLessThanOrEqual(variants.length / 20);
  });

  it('has one event, with 100 seats, and some goods at a second location', () => {
    expect(variants.flatMap(({ seats, stock }) => (seats ? [[seats.rows.length * seats.each, stock]] : []))).toEqual([[100, 100]]);
    expect(variants.filter(({ elsewhere }) => elsewhere).length).toBeGreaterThanOrEqual(3);
  });

  it('prices every variant plausibly in EUR, USD, JPY and BHD', () => {
    const implausible = variants.filter(({ prices: { EUR, USD, JPY, BHD } }) => {
      const perEuro = { usd: USD / EUR, jpy: (JPY * 100) / EUR, bhd: BHD / (EUR * 10) };
      return perEuro.usd < 1 || perEuro.usd > 1.3 || perEuro.jpy < 140 || perEuro.jpy > 185 || perEuro.bhd < 0.38 || perEuro.bhd > 0.5;
    });
    expect(implausible.map(({ sku }) => sku)).toEqual([]);
  });
});
