import type { catalogV1, inventoryV1 } from '@tandem/contracts';
import { cachedAvailability } from './cached-availability.js';
import { cachedCatalog } from './cached-catalog.js';

const request: catalogV1.SearchProductsRequest = { q: '', category: '', sort: '', currency: 'EUR', limit: 20, cursor: '' };
const product = (title: string): catalogV1.Product => ({
  id: 'prod_1',
  slug: 'p',
  title,
  description: '',
  category: '',
  imageUrl: '',
  pictures: [],
  variants: [],
  createdAt: '',
  version: 1,
});

describe('cached product pages', () => {
  /** A catalog whose product has another title each time it is read. */
  function catalog() {
    const reads: string[] = [];
    return {
      reads,
      searchProducts: async () => ({ products: [product(`page ${reads.push('page')}`)], nextCursor: '' }),
      getProduct: async ({ idOrSlug }: { idOrSlug: string }) => product(`detail ${reads.push(idOrSlug)}`),
    };
  }

  it('ask once for what several want at the same time, and again after a change', async () => {
    const source = catalog();
    const pages = cachedCatalog(source);
    const [first, second] = await Promise.all([pages.search(request, {}), pages.search(request, {})]);
    expect([first === second, source.reads]).toEqual([true, ['page']]);
    pages.evict();
    expect((await pages.search(request, {})).products[0]?.title).toBe('page 2');
    await pages.search({ ...request, q: 'mug' }, {});
    expect(source.reads).toHaveLength(3);
  });

  it('do not keep an answer that was under way when the product changed', async () => {
    const source = catalog();
    const pages = cachedCatalog(source);
    const underway = pages.find('p', {});
    pages.evict();
    expect([(await underway).title, (await pages.find('p', {})).title]).toEqual(['detail 1', 'detail 2']);
  });

  it('do not keep a failure', async () => {
    let isAway = true;
    const pages = cachedCatalog({
      ...catalog(),
      getProduct: async () => {
        if (isAway) throw new Error('away');
        return product('back');
      },
    });
    await expect(pages.find('p', {})).rejects.toThrow('away');
    isAway = false;
    expect((await pages.find('p', {})).title).toBe('back');
  });
});

describe('cached availability', () => {
  function inventory(failures = 0) {
    const asked: string[][] = [];
    const availability = async ({ variantIds }: inventoryV1.AvailabilityRequest): Promise<inventoryV1.StockLevels> => {
      asked.push(variantIds);
      if (asked.length <= failures) throw new Error('away');
      return {
        levels: variantIds
          .filter((id) => id !== 'unknown')
          .map((variantId) => ({ variantId, onHand: 9, reserved: 2, available: 3 + 'abc'.indexOf(variantId), seated: false })),
      };
    };
    return { asked, availability };
  }

  it('asks once for all that is not known, and knows nothing of what inventory does not know', async () => {
    const source = inventory();
    const cached = cachedAvailability(source);
    expect([...(await cached.of(['a', 'unknown'], {}))]).toEqual([
      ['a', 3],
      ['unknown', 0],
    ]);
    expect([...(await cached.of(['a', 'b', 'c'], {}))]).toEqual([
      ['a', 3],
      ['b', 4],
      ['c', 5],
    ]);
    cached.evict('a');
    expect([...(await cached.of(['c', 'a', 'b'], {})).values()]).toEqual([5, 3, 4]);
    expect(source.asked).toEqual([['a', 'unknown'], ['b', 'c'], ['a']]);
  });

  it('asks nothing for nothing, and asks again after a failure', async () => {
    const source = inventory(1);
    const cached = cachedAvailability(source);
    expect((await cached.of([], {})).size).toBe(0);
    await expect(cached.of(['a'], {})).rejects.toThrow('away');
    expect((await cached.of(['a'], {})).get('a')).toBe(3);
  });
});
