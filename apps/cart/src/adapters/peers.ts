import type { catalogV1, commonV1, inventoryV1, shippingV1 } from '@tandem/contracts';
import { type CallOptions, type Peer, toPublicId, uuidOf } from '@tandem/host';
import { type Currency, type Money, money } from '@tandem/kernel';
import type { AskStock, ListRates, OnBehalf, QuotePrices } from '../domain/ports.js';

/** Prices from catalog, asked anew each time. */
export function quotePricesOf(catalog: Pick<Peer<typeof catalogV1.CatalogServiceService>, 'quotePrices'>): QuotePrices {
  return async (variantIds, currency, call) => {
    if (variantIds.length === 0) return new Map();
    const { quotes } = await catalog.quotePrices({ variantIds: variantIds.map((id) => toPublicId('variant', id)), currency }, read(call));
    return new Map(
      quotes.map(({ variantId, unitPrice, sku, title, category, weightGrams }) => [
        uuidOf('variant', variantId),
        { sku, title, category, weightGrams, unitPrice: amountOf(unitPrice, currency, `catalog's price of ${variantId}`) },
      ]),
    );
  };
}

/** Stock from inventory, asked anew each time. */
export function askStockOf(inventory: Pick<Peer<typeof inventoryV1.InventoryServiceService>, 'availability'>): AskStock {
  return async (variantIds, call) => {
    if (variantIds.length === 0) return new Map();
    const { levels } = await inventory.availability({ variantIds: variantIds.map((id) => toPublicId('variant', id)) }, read(call));
    return new Map(levels.map(({ variantId, available }) => [uuidOf('variant', variantId), available]));
  };
}

/** Rates from shipping. */
export function listRatesOf(shipping: Pick<Peer<typeof shippingV1.ShippingServiceService>, 'rates'>): ListRates {
  return async ({ currency, country }, call) => {
    const { rates } = await shipping.rates({ currency, country, weightGrams: 0 }, read(call));
    return rates.map(({ price, ...rate }) => ({ ...rate, price: amountOf(price, currency, `shipping's rate ${rate.id}`) }));
  };
}

/** A read of our own, within the deadline and under the id of the request that causes it. */
function read({ requestId, deadline, traceparent }: OnBehalf): CallOptions {
  const as = { by: { kind: 'anonymous' }, requestId, deadline, traceparent, idempotencyKey: undefined, token: undefined, markReplayed: () => undefined } as const;
  return { as, isRepeatable: true };
}

/** An amount that is there and in the currency that was asked for; anything else would be sold for nothing, so it throws. */
function amountOf(amount: commonV1.Money | undefined, currency: Currency, what: string): Money {
  if (amount?.currency !== currency) throw new TypeError(`${what} is not in ${currency}`);
  return money(BigInt(amount.amount), currency);
}
