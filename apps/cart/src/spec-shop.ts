import { type Caller, newId, newUuid, Refusal, toPublicId, uuidOf } from '@tandem/host';
import { type Currency, type Database, money, type Statement } from '@tandem/kernel';
import type { cartV1, catalogV1, commonV1, inventoryV1, shippingV1 } from '@tandem/contracts';
import { findOfferIn, findTermsIn } from './adapters/pg-pricing.js';
import { askSeatsOf, askStockOf, quotePricesOf, spendablePointsOf } from './adapters/peers.js';
import { listTariffsOf } from './adapters/tariffs.js';
import { PgCartStore } from './adapters/pg-cart-store.js';
import { AdoptCartGrpc } from './features/adopt-cart.grpc.js';
import { AdoptCart } from './features/adopt-cart.js';
import { CartView } from './features/cart-view.js';
import { ChangeLinesGrpc } from './features/change-lines.grpc.js';
import { CloseCartOnOrderConfirmed } from './features/close-cart.consumer.js';
import { CloseCart } from './features/close-cart.js';
import { KeepCartGrpc } from './features/keep-cart.grpc.js';
import { KeepCart } from './features/keep-cart.js';
import { PriceCartGrpc } from './features/price-cart.grpc.js';
import { PriceCart } from './features/price-cart.js';
import { UpdateCartGrpc } from './features/update-cart.grpc.js';
import { UpdateCart } from './features/update-cart.js';
import { WriteCart } from './features/write-cart.js';

/** What the shop around the cart offers: a price in minor units (the same in every currency) and stock, by variant id. Change it as it runs. */
export type Shelf = Map<
  string,
  { price: number; stock: number; category?: string; weightGrams?: number; picture?: commonV1.Picture; freeSeats?: readonly string[] }
>;

/** Calls that left the cart service, by their name. */
export type Calls = Map<string, number>;

const rate = (id: string, amount: number, currency: string): shippingV1.Rate => ({
  id,
  title: id,
  price: wire(amount, currency),
  estimatedDays: 3,
  carrier: 'sandbox',
  service: id,
  bands: [
    { upToGrams: 5_000, price: wire(amount, currency) },
    { upToGrams: 0, price: wire(2 * amount, currency) },
  ],
});

/** The cart service on a real database; its neighbours are a shelf, and may be told to be away. */
export function openShop(database: Database) {
  const shelf: Shelf = new Map();
  const calls: Calls = new Map();
  const hooks: { beforeAnswer: (name: string) => Promise<void> } = { beforeAnswer: () => Promise.resolve() };
  const asked = async (name: string): Promise<void> => {
    calls.set(name, (calls.get(name) ?? 0) + 1);
    await hooks.beforeAnswer(name);
  };
  const quotePrices = quotePricesOf({
    quotePrices: async ({ variantIds, currency }) => {
      await asked('quotePrices');
      return { quotes: variantIds.flatMap((id) => quotesOf(shelf, id, currency)) };
    },
  });
  const askStock = askStockOf({
    availability: async ({ variantIds }) => {
      await asked('availability');
      return { levels: variantIds.flatMap((id) => [shelf.get(id)].flatMap((found) => (found ? [levelOf(id, found)] : []))) };
    },
  });
  const askSeats = askSeatsOf({
    listSeats: async ({ variantIds }) => {
      await asked('listSeats');
      return {
        seats: variantIds.flatMap((variantId) =>
          (shelf.get(variantId)?.freeSeats ?? []).map((label) => ({ variantId, label, status: 'free' })),
        ),
      };
    },
  });
  const listTariffs = listTariffsOf({
    rates: async ({ currency }) => {
      await asked('rates');
      return { rates: [rate('standard', 490, currency), rate('express', 990, currency)] };
    },
  });
  const sql: Statement[] = [];
  const carts = new PgCartStore(counted(database, sql));
  const points = new Map<string, bigint>();
  const spendable = spendablePointsOf({
    spendable: async ({ customerId }) => {
      await asked('spendable');
      return { points: (points.get(customerId) ?? 0n).toString() };
    },
  });
  const view = new CartView({
    quotePrices,
    askStock,
    askSeats,
    listTariffs,
    findOffer: findOfferIn(counted(database, sql)),
    findTerms: findTermsIn(database),
  });
  const write = new WriteCart(counted(database, sql), carts, view);
  return {
    shelf,
    calls,
    hooks,
    sql,
    carts,
    points,
    update: new UpdateCartGrpc(new UpdateCart(write, spendable)),
    keep: new KeepCartGrpc(new KeepCart(counted(database, sql), carts, view)),
    lines: linesOf(new ChangeLinesGrpc(write)),
    price: new PriceCartGrpc(new PriceCart(carts, view)),
    adopt: new AdoptCartGrpc(new AdoptCart(database, carts, view)),
    close: new CloseCartOnOrderConfirmed(new CloseCart(carts)),
    stocked: (
      price: number,
      stock: number,
      more: { category?: string; weightGrams?: number; picture?: commonV1.Picture; freeSeats?: readonly string[] } = {},
    ): string => {
      const id = newId('variant');
      shelf.set(id, { price, stock, ...more });
      return id;
    },
  };
}

/** Lines of whatever has no seats are asked for without. */
function linesOf(lines: ChangeLinesGrpc) {
  return {
    add: (request: Omit<cartV1.AddLineRequest, 'seats'> & { seats?: string[] }, caller: Caller) =>
      lines.add({ seats: [], ...request }, caller),
    change: (request: Omit<cartV1.ChangeLineRequest, 'seats'> & { seats?: string[] }, caller: Caller) =>
      lines.change({ seats: [], ...request }, caller),
  };
}

/** Somebody with a token; `key` is the idempotency key of the request. `replays` counts answers that were stored ones. */
export function aCaller(
  id: string = newId('customer'),
  key?: string,
  kind: 'guest' | 'customer' = 'guest',
): Caller & { readonly id: string; readonly replays: { count: number } } {
  const replays = { count: 0 };
  return {
    id,
    replays,
    by: { kind: 'user', principal: { id, kind } },
    requestId: newUuid(),
    idempotencyKey: key,
    token: undefined,
    deadline: undefined,
    traceparent: undefined,
    markReplayed: () => void (replays.count += 1),
  };
}

/** The problem a promise is refused with; fails when it is not. */
export async function problemOf(work: Promise<unknown>): Promise<Record<string, unknown>> {
  const outcome = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome && outcome.error instanceof Refusal) return { ...outcome.error.problem };
  throw new Error('expected a refusal', { cause: 'error' in outcome ? outcome.error : outcome.value });
}

/** An address every part of the shop accepts. */
export const address: commonV1.Address = {
  name: 'Ada Lovelace',
  line1: 'Example Street 1',
  city: 'Berlin',
  postalCode: '10115',
  country: 'DE',
};

/** The UUID of a public id of a cart. */
export const cartUuid = (id: string): string => uuidOf('cart', id);

export const wire = (amount: number, currency = 'EUR'): commonV1.Money => ({
  amount: money(BigInt(amount), currency as Currency).minor.toString(),
  currency,
});

function quotesOf(shelf: Shelf, variantId: string, currency: string): catalogV1.Quote[] {
  const found = shelf.get(variantId);
  if (!found) return [];
  const { price, category = 'things', weightGrams = 100, picture } = found;
  return [
    {
      variantId,
      productId: toPublicId('product', newUuid()),
      sku: `sku ${price}`,
      title: `title ${price}`,
      category,
      unitPrice: wire(price, currency),
      weightGrams,
      ...(picture ? { picture } : {}),
    },
  ];
}

function levelOf(variantId: string, { stock, freeSeats }: { stock: number; freeSeats?: readonly string[] }): inventoryV1.StockLevel {
  return { variantId, onHand: stock, reserved: 0, available: stock, seated: freeSeats !== undefined };
}

/** The same database, noting each statement but those of the idempotency keys. */
function counted(database: Database, sql: Statement[]): Database {
  const noting = <S extends { query: Database['query'] }>(session: S): S => ({
    ...session,
    query: (statement: Statement, values?: readonly unknown[]) => {
      if (!statement.name.startsWith('idempotency')) sql.push(statement);
      return session.query(statement, values);
    },
  });
  return { ...noting(database), transaction: (work) => database.transaction((tx) => work(noting(tx as never) as never)) };
}
