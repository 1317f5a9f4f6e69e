import type { catalogV1 } from '@tandem/contracts';
import { type CallOptions, forSeveral, type Peer } from '@tandem/host';
import { LRUCache } from 'lru-cache';

/** How old a page may be when no event told us better. */
const freshForMs = 30_000;

/** Product texts and prices as catalog last told them. Requests for the same thing at the same time share one call. */
export function cachedCatalog(catalog: Pick<Peer<typeof catalogV1.CatalogServiceService>, 'searchProducts' | 'getProduct'>) {
  const pages = new LRUCache<string, Promise<catalogV1.ProductPage>>({ max: 500, ttl: freshForMs });
  const products = new LRUCache<string, Promise<catalogV1.Product>>({ max: 5_000, ttl: freshForMs });
  return {
    search: (request: catalogV1.SearchProductsRequest, as: CallOptions): Promise<catalogV1.ProductPage> =>
      remembered(pages, JSON.stringify(request), () => catalog.searchProducts(request, forSeveral(as))),
    find: (idOrSlug: string, as: CallOptions): Promise<catalogV1.Product> =>
      remembered(products, idOrSlug, () => catalog.getProduct({ idOrSlug }, forSeveral(as))),
    /** Forgets what a change of any product may have touched. Answers under way are not kept. */
    evict: (): void => {
      pages.clear();
      products.clear();
    },
  };
}

/** Keeps answers, not failures. */
function remembered<T extends object>(cache: LRUCache<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const known = cache.get(key);
  if (known) return known;
  const asked = ask();
  cache.set(key, asked);
  asked.catch(() => cache.peek(key) === asked && cache.delete(key)); // whoever asked sees the failure itself
  return asked;
}
