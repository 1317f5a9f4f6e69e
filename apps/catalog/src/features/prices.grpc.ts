import { Controller } from '@nestjs/common';
import type { catalogV1 } from '@tandem/contracts';
import { invalidField, noSuchVariant, parsePublicId, Refusal, Rpc } from '@tandem/host';
import { currencies, isCurrency, money } from '@tandem/kernel';
import { highestPrice } from '../domain/product.js';
import { QuotePrices } from './quote-prices.js';
import { toQuoteReply, toVariantReply } from './replies.js';
import { SetPrice } from './set-price.js';

/** Variants quoted at once: ten carts' worth. */
const mostVariants = 1_000;

/** What things cost. */
@Controller()
export class PricesGrpc {
  constructor(
    private readonly quotePrices: QuotePrices,
    private readonly setPrice: SetPrice,
  ) {}

  @Rpc('CatalogService', 'quotePrices', ['user', 'service'])
  async handleQuote({ variantIds, currency }: catalogV1.QuotePricesRequest): Promise<catalogV1.Quotes> {
    if (variantIds.length > mostVariants) throw invalidField('/variantIds', 'count', `must be at most ${mostVariants}`);
    if (!isCurrency(currency)) return { quotes: [] };
    const known = variantIds.map((id) => parsePublicId('variant', id)).filter((id) => id !== undefined);
    return { quotes: (await this.quotePrices.run(known, currency)).map(toQuoteReply) };
  }

  @Rpc('CatalogService', 'setPrice', ['staff'])
  async handleSet({ variantId, price }: catalogV1.SetPriceRequest): Promise<catalogV1.Variant> {
    const id = parsePublicId('variant', variantId);
    if (id === undefined) throw noSuchVariant(variantId);
    if (!price || !/^\d{1,13}$/.test(price.amount) || BigInt(price.amount) < 1n || BigInt(price.amount) > highestPrice) {
      throw invalidField('/amount', 'range', `must be 1 to ${highestPrice} minor units`);
    }
    if (!isCurrency(price.currency)) throw new Refusal('currency-not-offered', { detail: `offered are ${currencies.join(', ')}` });
    const outcome = await this.setPrice.run(id, money(BigInt(price.amount), price.currency));
    switch (outcome.kind) {
      case 'set':
        return toVariantReply(outcome.variant);
      case 'unknown-variant':
        throw noSuchVariant(variantId);
    }
  }
}
