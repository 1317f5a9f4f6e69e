import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { money } from '@tandem/kernel';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { aProduct, shopOn } from '../spec-shop.js';
import type { Search, SearchProductsQuery } from './search-products.js';

let db: SpecDatabase;
let shop: ReturnType<typeof shopOn>;

const things = [
  aProduct('Ceramic mug', { category: 'kitchen', prices: [1200n, 900n], description: 'Thrown by hand, glazed inside.' }),
  aProduct('Café cup', { category: 'kitchen', prices: [900n] }),
  aProduct('Umbrella', { prices: [2500n], description: 'Keeps a small mug dry.' }),
  aProduct('apple peeler', { category: 'kitchen', prices: [900n] }),
  aProduct('Zebra poster', { prices: [900n] }),
  aProduct('Over-ear headphones', { prices: [19900n] }),
  aProduct('Travel mug', { category: 'travel', prices: [1500n] }),
];

beforeAll(async () => {
  db = await createSpecDatabase('catalog');
  shop = shopOn(db);
  const yen = aProduct('Tea whisk', { slug: 'tea-whisk' });
  await shop.shelf.addAll([
    ...things,
    { ...yen, variants: yen.variants.map((variant) => ({ ...variant, prices: [money(1800n, 'JPY')] })) },
  ]);
});
afterAll(() => db.drop());

const ask = (query: Partial<SearchProductsQuery>): Promise<Search> =>
  shop.search.run({ query: '', category: '', sort: '', currency: '', limit: 20, cursor: '', ...query });
const titlesOf = (found: Search): readonly string[] => (found.kind === 'found' ? found.products.map(({ title }) => title) : [found.kind]);
const find = async (query: string): Promise<readonly string[]> => titlesOf(await ask({ query }));

/** Every page of a search, one after the other. */
async function pages(query: Partial<SearchProductsQuery>, cursor = ''): Promise<readonly string[]> {
  const found = await ask({ ...query, cursor });
  if (found.kind !== 'found' || found.nextCursor === '') return titlesOf(found);
  return [...titlesOf(found), ...(await pages(query, found.nextCursor))];
}

describe('a list of products', () => {
  it('is in the order asked for, whatever the size of its pages, and names each product once', async () => {
    const byPrice = ['Ceramic mug', 'Café cup', 'apple peeler', 'Zebra poster', 'Travel mug', 'Umbrella', 'Over-ear headphones'];
    const byTitle = ['apple peeler', 'Café cup', 'Ceramic mug', 'Over-ear headphones', 'Travel mug', 'Umbrella', 'Zebra poster'];
    const newest = things.map(({ title }) => title).reverse();
    for (const limit of [1, 2, 3, 7, 20]) {
      const prices = await pages({ sort: 'price', limit });
      expect([new Set(prices.slice(0, 4)), prices.slice(4)]).toEqual([new Set(byPrice.slice(0, 4)), byPrice.slice(4)]);
      expect(await pages({ sort: '-price', limit })).toEqual([...prices].reverse());
      expect(await pages({ sort: 'title', limit })).toEqual([...byTitle].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)));
      expect(await pages({ sort: '-title', limit })).toEqual([...(await pages({ sort: 'title', limit }))].reverse());
      expect([await pages({ sort: '-createdAt', limit }), await pages({ limit })]).toEqual([newest, newest]);
    }
  });

  it('keeps to its category and currency', async () => {
    expect(await pages({ category: 'kitchen', sort: 'title', limit: 2 })).toEqual(['apple peeler', 'Café cup', 'Ceramic mug']);
    expect([await pages({ category: 'nowhere' }), await pages({ currency: 'JPY' })]).toEqual([[], ['Tea whisk']]);
  });

  it('says when a currency is not offered at all, when the sort is unknown, and when the shop is merely without a match', async () => {
    const outcomes = await Promise.all([
      ask({ currency: 'BHD' }),
      ask({ currency: 'XTS' }),
      ask({ sort: 'colour' }),
      ask({ currency: 'JPY', query: 'mug' }),
    ]);
    expect(outcomes).toEqual([
      { kind: 'currency-not-offered' },
      { kind: 'currency-not-offered' },
      { kind: 'unknown-sort' },
      { kind: 'found', products: [], nextCursor: '' },
    ]);
  });

  it('takes back only cursors of the same search', async () => {
    const first = await ask({ sort: 'price', limit: 2 });
    const cursor = first.kind === 'found' ? first.nextCursor : '';
    const forged = Buffer.from(JSON.stringify(['x', "1'; DROP TABLE product", 'y'])).toString('base64url');
    const outcomes = await Promise.all([
      ask({ sort: 'title', cursor }),
      ask({ sort: 'price', currency: 'JPY', cursor }),
      ask({ cursor: 'nonsense' }),
      ask({ cursor: forged }),
    ]);
    expect(outcomes).toEqual(Array(4).fill({ kind: 'bad-cursor' }));
  });
});

describe('a search', () => {
  it('puts what is called so before what merely mentions it', async () => {
    const found = await find('mug');
    expect([new Set(found.slice(0, 2)), found.slice(2)]).toEqual([new Set(['Ceramic mug', 'Travel mug']), ['Umbrella']]);
    expect(await pages({ query: 'mug', limit: 1 })).toEqual(found);
  });

  it('wants all words, in any form and case, with or without accents', async () => {
    expect([await find('MUGS ceramics'), await find('cafe'), await find('kitchen café')]).toEqual([
      ['Ceramic mug'],
      ['Café cup'],
      ['Café cup'],
    ]);
  });

  it('forgives slips of the finger', async () => {
    expect([await find('keramik muug'), await find('umbrela'), await find('hedphones'), await find('Travl-mug')]).toEqual([
      ['Ceramic mug'],
      ['Umbrella'],
      ['Over-ear headphones'],
      ['Travel mug'],
    ]);
  });

  it('takes a short word as it is: a slip in it is another word', async () => {
    expect([await find('jug'), await find('mgu')]).toEqual([[], []]);
  });

  it('knows a word by its beginning and a variant by its SKU', async () => {
    expect([await find('headp'), await find('zebra-poster-0')]).toEqual([['Over-ear headphones'], ['Zebra poster']]);
  });

  it('finds any of the words where nothing has all of them', async () => {
    expect(new Set(await find('zebra umbrella'))).toEqual(new Set(['Zebra poster', 'Umbrella']));
  });

  it('finds nothing for nonsense, and for words that say nothing', async () => {
    expect([await find('xqzwvk'), await find('the'), await find("'); --"), await find('& | ! :* <->')]).toEqual([[], [], [], []]);
  });
});
