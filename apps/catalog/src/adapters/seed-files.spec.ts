import { describe, expect, it } from '@jest/globals';
import { readSeed } from './seed-files.js';

describe('the seed', () => {
  it('takes turns among the categories, prices everything four times and has stock for every SKU', async () => {
    const { products, stock } = await readSeed();
    const variants = products.flatMap((product) => product.variants);
    expect(new Set(products.slice(0, 12).map(({ category }) => category)).size).toBe(12);
    expect(new Set(variants.map(({ prices }) => prices.length))).toEqual(new Set([4]));
    expect(variants.map(({ sku }) => sku).sort()).toEqual([...stock.keys()].sort());
  });
});
