import type { catalogV1, commonV1, inventoryV1, loyaltyV1 } from '@tandem/contracts';
import { type CallOptions, type Peer, toPublicId, uuidOf } from '@tandem/host';
import { type Currency, type Money, money } from '@tandem/kernel';
import { type Ask, together } from './together.js';
import type { AskSeats, AskStock, OnBehalf, QuotePrices, SpendablePoints } from '../domain/ports.js';
import type { VariantQuote } from '../domain/pricing/price.js';

/** Prices from catalog, asked anew each time; carts that ask at the same moment ask together. */
export function quotePricesOf(catalog: Pick<Peer<typeof catalogV1.CatalogServiceService>, 'quotePrices'>): QuotePrices {
  const askIn = (currency: Currency): Ask<VariantQuote> =>
    together((variantIds, call) => quotesOf(catalog, { variantIds, currency }, call));
  const ask: Readonly<Record<Currency, Ask<VariantQuote>>> = { EUR: askIn('EUR'), USD: askIn('USD'), JPY: askIn('JPY'), BHD: askIn('BHD') };
  return async (variantIds, currency, call) => (variantIds.length === 0 ? new Map() : ask[currency](variantIds, call));
}

type Catalog = Parameters<typeof quotePricesOf>[0];

async function quotesOf(
  catalog: Catalog,
  { variantIds, currency }: { variantIds: readonly string[]; currency: Currency },
  call: OnBehalf,
): Promise<ReadonlyMap<string, VariantQuote>> {
  const { quotes } = await catalog.quotePrices({ variantIds: variantIds.map((id) => toPublicId('variant', id)), currency }, read(call));
  return new Map(
    quotes.map(({ variantId, unitPrice, sku, title, category, weightGrams, picture }) => [
      uuidOf('variant', variantId),
      {
        sku,
        title,
        category,
        weightGrams,
        unitPrice: amountOf(unitPrice, currency, `catalog's price of ${variantId}`),
        ...(picture ? { picture } : {}),
      },
    ]),
  );
}

/** Stock from inventory, asked anew each time; carts that ask at the same moment ask together. */
export function askStockOf(inventory: Pick<Peer<typeof inventoryV1.InventoryServiceService>, 'availability'>): AskStock {
  const ask = together(async (variantIds, call) => {
    const { levels } = await inventory.availability({ variantIds: variantIds.map((id) => toPublicId('variant', id)) }, read(call));
    return new Map(levels.map(({ variantId, available, seated }) => [uuidOf('variant', variantId), { available, isSeated: seated }]));
  });
  return async (variantIds, call) => (variantIds.length === 0 ? new Map() : ask(variantIds, call));
}

/** Seats from inventory, asked anew each time. */
export function askSeatsOf(inventory: Pick<Peer<typeof inventoryV1.InventoryServiceService>, 'listSeats'>): AskSeats {
  return async (variantId, call) => {
    const { seats } = await inventory.listSeats({ variantIds: [toPublicId('variant', variantId)] }, read(call));
    return new Set(seats.filter(({ status }) => status === 'free').map(({ label }) => label));
  };
}

/** Points from loyalty, asked anew each time. */
export function spendablePointsOf(loyalty: Pick<Peer<typeof loyaltyV1.LoyaltyServiceService>, 'spendable'>): SpendablePoints {
  return async (customerId, call) =>
    BigInt((await loyalty.spendable({ customerId: toPublicId('customer', customerId) }, read(call))).points);
}

/** A read of our own, within the deadline and under the id of the request that causes it. */
export function read({ requestId, deadline, traceparent, signal }: OnBehalf): CallOptions {
  const as = {
    by: { kind: 'anonymous' },
    requestId,
    deadline,
    traceparent,
    signal,
    idempotencyKey: undefined,
    token: undefined,
    markReplayed: () => undefined,
  } as const;
  return { as, isRepeatable: true };
}

/** An amount that is there and in the currency that was asked for; anything else would be sold for nothing, so it throws. */
export function amountOf(amount: commonV1.Money | undefined, currency: Currency, what: string): Money {
  if (amount?.currency !== currency) throw new TypeError(`${what} is not in ${currency}`);
  return money(BigInt(amount.amount), currency);
}
