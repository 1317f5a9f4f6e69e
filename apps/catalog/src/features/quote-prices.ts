import type { Currency } from '@tandem/kernel';
import type { Products } from '../domain/ports.js';
import type { Quote } from '../domain/product.js';

/** What variants cost now. Those that are unknown or not offered in the currency are left out: the caller decides what that means. */
export class QuotePrices {
  constructor(private readonly products: Products) {}

  async run(variantIds: readonly string[], currency: Currency): Promise<readonly Quote[]> {
    return variantIds.length === 0 ? [] : this.products.quotes(variantIds, currency);
  }
}
