import { type Caller, newUuid } from '@tandem/host';
import { money } from '@tandem/kernel';
import { createOutbox } from '@tandem/messaging';
import { pgProducts } from './adapters/pg-products.js';
import { pgSeedShelf } from './adapters/pg-seed-shelf.js';
import { pgShelves } from './adapters/pg-shelves.js';
import type { FirstStock } from './domain/ports.js';
import type { NewProduct } from './domain/product.js';
import { CreateProduct } from './features/create-product.js';
import { QuotePrices } from './features/quote-prices.js';
import { SearchProducts } from './features/search-products.js';
import { SetPrice } from './features/set-price.js';
import type { SpecDatabase } from '@tandem/host/testing';

/** The use cases on a real database; `introduced` is what inventory was told. */
export function shopOn({ database }: SpecDatabase) {
  const outbox = createOutbox({ service: 'catalog', newId: newUuid, wake: () => undefined, validate: true });
  const products = pgProducts(database);
  const shelves = pgShelves();
  const now = () => new Date('2026-01-02T03:04:05Z');
  const introduced: FirstStock[] = [];
  const introduceStock = async (stock: readonly FirstStock[]) => void introduced.push(...stock);
  return {
    products,
    introduced,
    shelf: pgSeedShelf(database),
    search: new SearchProducts(products),
    quotes: new QuotePrices(products),
    setPrice: new SetPrice(database, shelves, outbox, now),
    create: new CreateProduct({ database, products, shelves, introduceStock, outbox, now }),
  };
}

/** A product of one variant at 10 EUR, but for what is said. */
export function aProduct(
  title: string,
  { prices = [1000n], ...rest }: Partial<NewProduct> & { readonly prices?: readonly bigint[] } = {},
): NewProduct {
  const slug = rest.slug ?? title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const variants = prices.map((minor, index) => ({
    id: newUuid(),
    sku: `${slug}-${index}`,
    title: `No. ${index}`,
    weightGrams: 100,
    prices: [money(minor, 'EUR')],
  }));
  return { id: newUuid(), slug, title, description: '', category: 'things', imageUrl: '/images/1f4e6.webp', variants, ...rest };
}

/** Staff, with or without an idempotency key. */
export function staff(idempotencyKey?: string): Caller {
  const principal = { id: 'cus_01h455vb4pex5vsknk084sn02q', kind: 'staff' as const };
  return {
    by: { kind: 'user', principal } as Caller['by'],
    requestId: 'r',
    idempotencyKey,
    token: undefined,
    deadline: undefined,
    traceparent: undefined,
    markReplayed: () => undefined,
  };
}
