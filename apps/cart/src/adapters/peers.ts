import { catalogV1, type inventoryV1, type shippingV1 } from '@tandem/contracts';
import { type Peer, toPublicId, uuidOf } from '@tandem/host';
import { type Currency, money } from '@tandem/kernel';
import type { AskStock, ListRates, QuotePrices } from '../domain/ports.js';

/** Prices from catalog, asked anew each time. */
export function quotePricesOf(catalog: Peer<typeof catalogV1.CatalogServiceService>): QuotePrices {
  return async (variantIds, currency) => {
    if (variantIds.length === 0) return new Map();
    const { quotes } = await catalog.quotePrices({ variantIds: variantIds.map((id) => toPublicId('variant', id)), currency }, { isRepeatable: true });
    return new Map(
      quotes.map(({ variantId, unitPrice, sku, title, category, weightGrams }) => [
        uuidOf('variant', variantId),
        { sku, title, category, weightGrams, unitPrice: money(BigInt(unitPrice?.amount ?? 0), currency) },
      ]),
    );
  };
}

/** Stock from inventory, asked anew each time. */
export function askStockOf(inventory: Peer<typeof inventoryV1.InventoryServiceService>): AskStock {
  return async (variantIds) => {
    if (variantIds.length === 0) return new Map();
    const { levels } = await inventory.availability({ variantIds: variantIds.map((id) => toPublicId('variant', id)) }, { isRepeatable: true });
    return new Map(levels.map(({ variantId, available }) => [uuidOf('variant', variantId), available]));
  };
}

/** Rates from shipping. */
export function listRatesOf(shipping: Peer<typeof shippingV1.ShippingServiceService>): ListRates {
  return async (to) => {
    const { rates } = await shipping.rates({ ...to }, { isRepeatable: true });
    return rates.map(({ price, ...rate }) => ({ ...rate, price: money(BigInt(price?.amount ?? 0), to.currency as Currency) }));
  };
}
