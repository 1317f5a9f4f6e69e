import { Controller } from '@nestjs/common';
import type { catalogV1 } from '@tandem/contracts';
import { type CallOptions, Refusal } from '@tandem/host';
import { currencies } from '@tandem/kernel';
import { type Answer, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { listFrom, listOf, pageOf } from './schemas/common.schema.js';
import { CurrencyQuery, Product, productFrom, ProductQuery } from './schemas/product.schema.js';

/** What prices are shown in when nobody says otherwise. */
const usualCurrency = 'EUR';

const listProducts = endpoint({
  operationId: 'listProducts',
  method: 'GET',
  path: '/v1/products',
  tag: 'Products',
  policy: 'public',
  summary: 'Browse and search what is offered',
  query: ProductQuery,
  answers: { 200: listOf(Product, 'Products') },
  refuses: ['bad-cursor', 'currency-not-offered'],
});
const getProduct = endpoint({
  operationId: 'getProduct',
  method: 'GET',
  path: '/v1/products/:idOrSlug',
  tag: 'Products',
  policy: 'public',
  summary: 'One product, by id or slug',
  query: CurrencyQuery,
  answers: { 200: Product },
  refuses: ['currency-not-offered'],
});

/** Product texts and prices: at most 30 s old, and as a rule as new as the last `product` event. Never asked for a cart or an order. */
export type ProductPages = {
  search(request: catalogV1.SearchProductsRequest, as: CallOptions): Promise<catalogV1.ProductPage>;
  find(idOrSlug: string, as: CallOptions): Promise<catalogV1.Product>;
};

/** Units that can be bought, at most a second old, by variant. */
export type Availability = { of(variantIds: readonly string[], as: CallOptions): Promise<ReadonlyMap<string, number>> };

/** What product pages are made of. */
export class ProductSources {
  constructor(
    readonly pages: ProductPages,
    readonly availability: Availability,
  ) {}
}

/** Browsing. */
@Controller()
export class ProductsHttp {
  constructor(private readonly sources: ProductSources) {}

  @Serves(listProducts)
  async list({ query, as }: CallOf<typeof listProducts>): Promise<Answer> {
    const { q = '', category = '', sort = '', currency = usualCurrency } = query;
    const page = await this.sources.pages.search({ q, category, sort, currency, ...pageOf(query) }, as);
    return ok(listFrom(await this.shown(page.products, currency, as), page.nextCursor));
  }

  @Serves(getProduct)
  async get({ params, query, as }: CallOf<typeof getProduct>): Promise<Answer> {
    const currency = query.currency ?? usualCurrency;
    const found = await this.sources.pages.find(params.idOrSlug, as);
    const [product] = await this.shown([found], currency, as);
    if (!product || product.variants.length === 0)
      throw new Refusal('currency-not-offered', { detail: `${found.slug} has prices in ${pricedIn(found).join(', ')}` });
    return ok(product);
  }

  private async shown(products: readonly catalogV1.Product[], currency: string, as: CallOptions): Promise<Product[]> {
    const variantIds = products.flatMap((product) => product.variants.map(({ id }) => id));
    const levels = await this.sources.availability.of(variantIds, as);
    return products.map((product) => productFrom(product, currency, (id) => levels.get(id) ?? 0));
  }
}

/** The currencies in which any of its variants can be bought. */
function pricedIn({ variants }: catalogV1.Product): readonly string[] {
  const prices = variants.flatMap((variant) => variant.prices);
  return currencies.filter((currency) => prices.some((price) => price.currency === currency));
}
