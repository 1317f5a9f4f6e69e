import { Controller } from '@nestjs/common';
import type { catalogV1, inventoryV1 } from '@tandem/contracts';
import type { Peer } from '@tandem/host';
import { type Answer, created, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { Orders } from './orders.http.js';
import { NewProduct, StockAdjustment, StockLevel, stockLevelFrom } from './schemas/admin.schema.js';
import { Amount, listFrom, Money, moneyTo, pageOf, present } from './schemas/common.schema.js';
import { orderFrom, OrderQuery, Orders as OrderList } from './schemas/order.schema.js';
import { Product, productFrom } from './schemas/product.schema.js';

const createProduct = endpoint({
  operationId: 'createProduct',
  method: 'POST',
  path: '/admin/v1/products',
  tag: 'Admin',
  policy: 'staff',
  idempotencyKey: 'honoured',
  summary: 'Offer a new product',
  body: NewProduct,
  answers: { 201: Product },
  refuses: ['sku-taken', 'slug-taken', 'currency-not-offered'],
});
const setPrice = endpoint({
  operationId: 'setPrice',
  method: 'PUT',
  path: '/admin/v1/variants/:variantId/price',
  tag: 'Admin',
  policy: 'staff',
  summary: 'Set what a variant costs in a currency',
  body: Amount,
  answers: { 200: Money },
  refuses: ['unknown-variant', 'currency-not-offered'],
});
const adjustStock = endpoint({
  operationId: 'adjustStock',
  method: 'POST',
  path: '/admin/v1/stock-adjustments',
  tag: 'Admin',
  policy: 'staff',
  idempotencyKey: 'honoured',
  summary: 'Correct the units on hand',
  body: StockAdjustment,
  answers: { 201: StockLevel },
  refuses: ['unknown-variant', 'stock-would-be-negative'],
});
const searchOrders = endpoint({
  operationId: 'searchOrders',
  method: 'GET',
  path: '/admin/v1/orders',
  tag: 'Admin',
  policy: 'staff',
  summary: 'Find orders',
  query: OrderQuery,
  answers: { 200: OrderList },
  refuses: ['bad-cursor'],
});

/** What administration stands on; `evict` makes product pages of this process forget. */
export class AdminPeers {
  constructor(
    readonly catalog: Peer<typeof catalogV1.CatalogServiceService>,
    readonly inventory: Peer<typeof inventoryV1.InventoryServiceService>,
    readonly evict: { products(): void; stock(variantId: string): void },
  ) {}
}

/** Filling the shop. */
@Controller()
export class AdminHttp {
  constructor(
    private readonly peers: AdminPeers,
    private readonly orders: Orders,
  ) {}

  /** Answers in the first currency given, with the stock given, so that a repeat gives the same bytes. */
  @Serves(createProduct)
  async createProduct({ body, as }: CallOf<typeof createProduct>): Promise<Answer> {
    const { title, description, category, slug } = body;
    const variants = body.variants.map(({ sku, title: name, prices, stock, seats = [], weightGrams }) => ({
      sku,
      title: name,
      prices: prices.map(moneyTo),
      stock,
      seats,
      ...present({ weightGrams }),
    }));
    const product = await this.peers.catalog.createProduct({ title, description, category, ...present({ slug }), variants }, as);
    this.peers.evict.products();
    const skuOf = new Map(product.variants.map(({ id, sku }) => [id, sku]));
    const stockOf = new Map(body.variants.map(({ sku, stock }) => [sku, stock]));
    const shown = productFrom(product, body.variants[0]?.prices[0]?.currency ?? 'EUR', (id) => stockOf.get(skuOf.get(id) ?? '') ?? 0);
    return created(shown, { Location: `/v1/products/${product.id}` });
  }

  @Serves(setPrice)
  async setPrice({ params, body, as }: CallOf<typeof setPrice>): Promise<Answer> {
    await this.peers.catalog.setPrice({ ...params, price: moneyTo(body) }, as);
    this.peers.evict.products();
    return ok(body);
  }

  @Serves(adjustStock)
  async adjustStock({ body, as }: CallOf<typeof adjustStock>): Promise<Answer> {
    const level = await this.peers.inventory.adjustStock({ ...body, ...present({ locationId: body.locationId }) }, as);
    this.peers.evict.stock(body.variantId);
    return created(stockLevelFrom(level));
  }

  @Serves(searchOrders)
  async searchOrders({ query, as }: CallOf<typeof searchOrders>): Promise<Answer> {
    const { q = '', status = '', from = '', to = '' } = query;
    const page = await this.orders.peer.searchOrders({ q, status, from, to, ...pageOf(query) }, as);
    return ok(listFrom(page.orders.map(orderFrom), page.nextCursor));
  }
}
