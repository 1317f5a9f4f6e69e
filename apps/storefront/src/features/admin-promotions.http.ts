import { Controller } from '@nestjs/common';
import type { cartV1 } from '@tandem/contracts';
import type { Peer } from '@tandem/host';
import { type Answer, created, noContent, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { listFrom, PageQuery, pageOf } from './schemas/common.schema.js';
import { NewPromotion, Promotion, PromotionChange, promotionFrom, Promotions, termsTo } from './schemas/promotion.schema.js';
import { NewTaxRates, TaxRates, taxRatesFrom, taxRatesTo } from './schemas/tax.schema.js';

const createPromotion = endpoint({
  operationId: 'createPromotion',
  method: 'POST',
  path: '/admin/v1/promotions',
  tag: 'Admin',
  policy: 'staff',
  idempotencyKey: 'honoured',
  summary: 'Offer a promotion under a new code',
  body: NewPromotion,
  answers: { 201: Promotion },
  refuses: ['promotion-code-taken'],
});
const listPromotions = endpoint({
  operationId: 'listPromotions',
  method: 'GET',
  path: '/admin/v1/promotions',
  tag: 'Admin',
  policy: 'staff',
  summary: 'All promotions, newest first',
  query: PageQuery,
  answers: { 200: Promotions },
  refuses: ['bad-cursor'],
});
const getPromotion = endpoint({
  operationId: 'getPromotion',
  method: 'GET',
  path: '/admin/v1/promotions/:code',
  tag: 'Admin',
  policy: 'staff',
  summary: 'One promotion, and how often it is used',
  answers: { 200: Promotion },
});
const replacePromotion = endpoint({
  operationId: 'replacePromotion',
  method: 'PUT',
  path: '/admin/v1/promotions/:code',
  tag: 'Admin',
  policy: 'staff',
  summary: 'Say anew what a promotion does, when, and how often',
  body: PromotionChange,
  answers: { 200: Promotion },
});
const deletePromotion = endpoint({
  operationId: 'deletePromotion',
  method: 'DELETE',
  path: '/admin/v1/promotions/:code',
  tag: 'Admin',
  policy: 'staff',
  summary: 'Remove a promotion that no order has used',
  answers: { 204: null },
  refuses: ['promotion-in-use'],
});

const getTaxRates = endpoint({
  operationId: 'getTaxRates',
  method: 'GET',
  path: '/admin/v1/tax-rates',
  tag: 'Admin',
  policy: 'staff',
  summary: 'Tax that is added on delivery, by place and category',
  answers: { 200: TaxRates },
});
const replaceTaxRates = endpoint({
  operationId: 'replaceTaxRates',
  method: 'PUT',
  path: '/admin/v1/tax-rates',
  tag: 'Admin',
  policy: 'staff',
  summary: 'Say anew all tax that is added; carts count with it within 5 s',
  body: NewTaxRates,
  answers: { 200: TaxRates },
});

/** Who keeps what lowers and raises prices. */
export class PromotionPeer {
  constructor(readonly peer: Peer<typeof cartV1.CartServiceService>) {}
}

/** Promotions and tax rates, by staff. Carts feel a change of a promotion at once. */
@Controller()
export class AdminPromotionsHttp {
  constructor(private readonly promotions: PromotionPeer) {}

  @Serves(createPromotion)
  async create({ body: { code, ...terms }, as }: CallOf<typeof createPromotion>): Promise<Answer> {
    const promotion = promotionFrom(await this.promotions.peer.createPromotion(termsTo(code, terms), as));
    return created(promotion, { Location: `/admin/v1/promotions/${promotion.code}` });
  }

  @Serves(listPromotions)
  async list({ query, as }: CallOf<typeof listPromotions>): Promise<Answer> {
    const page = await this.promotions.peer.listPromotions(pageOf(query), as);
    return ok(listFrom(page.promotions.map(promotionFrom), page.nextCursor));
  }

  @Serves(getPromotion)
  async get({ params, as }: CallOf<typeof getPromotion>): Promise<Answer> {
    return ok(promotionFrom(await this.promotions.peer.getPromotion(params, as)));
  }

  @Serves(replacePromotion)
  async replace({ params, body, as }: CallOf<typeof replacePromotion>): Promise<Answer> {
    return ok(promotionFrom(await this.promotions.peer.replacePromotion(termsTo(params.code, body), as)));
  }

  @Serves(deletePromotion)
  async remove({ params, as }: CallOf<typeof deletePromotion>): Promise<Answer> {
    await this.promotions.peer.deletePromotion(params, as);
    return noContent();
  }

  @Serves(getTaxRates)
  async taxRates({ as }: CallOf<typeof getTaxRates>): Promise<Answer> {
    return ok(taxRatesFrom(await this.promotions.peer.listTaxRates({}, as)));
  }

  @Serves(replaceTaxRates)
  async replaceTaxRates({ body, as }: CallOf<typeof replaceTaxRates>): Promise<Answer> {
    return ok(taxRatesFrom(await this.promotions.peer.replaceTaxRates(taxRatesTo(body), as)));
  }
}
