import { Controller } from '@nestjs/common';
import type { catalogV1, commonV1 } from '@tandem/contracts';
import { badCursor, invalidField, noSuch, parsePublicId, Refusal, Rpc } from '@tandem/host';
import { currencies } from '@tandem/kernel';
import { sorts } from '../domain/page.js';
import { ReadProduct } from './read-product.js';
import { toProductReply } from './replies.js';
import { SearchProducts } from './search-products.js';

/** Limits of a request: products of a page (20 when nothing is said), products read at once, characters of a query. */
const limits = { page: 100, usualPage: 20, products: 500, query: 200 };

/** Browsing. */
@Controller()
export class ProductsGrpc {
  constructor(
    private readonly searchProducts: SearchProducts,
    private readonly readProduct: ReadProduct,
  ) {}

  @Rpc('CatalogService', 'searchProducts', ['user', 'service'])
  async handleSearch({ q, category, sort, currency, limit, cursor }: catalogV1.SearchProductsRequest): Promise<catalogV1.ProductPage> {
    if (limit < 0 || limit > limits.page) throw invalidField('/query/limit', 'range', `must be 1 to ${limits.page}`);
    if (q.length > limits.query || q.includes('\0')) throw invalidField('/query/q', 'length', `must be at most ${limits.query} characters`);
    if (category.includes('\0')) throw invalidField('/query/category', 'character', 'must not contain U+0000');
    const outcome = await this.searchProducts.run({ query: q, category, sort, currency, limit: limit || limits.usualPage, cursor });
    switch (outcome.kind) {
      case 'found':
        return { products: outcome.products.map(toProductReply), nextCursor: outcome.nextCursor };
      case 'unknown-sort':
        throw invalidField('/query/sort', 'enum', `wants one of ${sorts.join(', ')}`);
      case 'currency-not-offered':
        throw new Refusal(outcome.kind, { detail: `offered are ${currencies.join(', ')}` });
      case 'bad-cursor':
        throw badCursor();
    }
  }

  @Rpc('CatalogService', 'getProduct', ['user', 'service'])
  async handleGet({ idOrSlug }: catalogV1.GetProductRequest): Promise<catalogV1.Product> {
    const id = parsePublicId('product', idOrSlug);
    const product = id === undefined ? await this.bySlug(idOrSlug) : await this.readProduct.byId(id);
    if (!product) throw noSuch('product', idOrSlug);
    return toProductReply(product);
  }

  @Rpc('CatalogService', 'getProducts', ['user', 'service'])
  async handleGetMany({ productIds }: catalogV1.GetProductsRequest): Promise<catalogV1.ProductList> {
    if (productIds.length > limits.products) throw invalidField('/productIds', 'count', `must be at most ${limits.products}`);
    const known = productIds.map((id) => parsePublicId('product', id)).filter((id) => id !== undefined);
    return { products: (await this.readProduct.many(known)).map(toProductReply) };
  }

  @Rpc('CatalogService', 'listCategories', ['user', 'service'])
  async handleCategories(_request: commonV1.Empty): Promise<catalogV1.Categories> {
    return { categories: [...(await this.readProduct.categories())] };
  }

  /** No slug has anything else in it, U+0000 least of all. */
  private async bySlug(text: string) {
    return /^[a-z0-9-]{1,200}$/.test(text) ? this.readProduct.bySlug(text) : undefined;
  }
}
