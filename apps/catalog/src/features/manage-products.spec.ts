import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hashOf, newUuid, Refusal, scopeOf, toPublicId } from '@tandem/host';
import { money } from '@tandem/kernel';
import type { Added } from '../domain/ports.js';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { aProduct, shopOn, staff } from '../spec-shop.js';
import type { CreateProductCommand } from './create-product.js';
import { SeedCatalogue } from './seed-catalogue.js';

let db: SpecDatabase;
let shop: ReturnType<typeof shopOn>;

beforeAll(async () => {
  db = await createSpecDatabase('catalog');
  shop = shopOn(db);
});
afterAll(() => db.drop());

const count = async (table: string): Promise<number> =>
  (await db.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`)).rows[0]?.n ?? 0;
const told = async (productId: string): Promise<readonly unknown[]> => {
  const { rows } = await db.pool.query<{ payload: string }>('SELECT payload FROM messaging.outbox WHERE key = $1 ORDER BY id', [
    toPublicId('product', productId),
  ]);
  return rows.map(({ payload }) => JSON.parse(payload) as unknown);
};

describe('creating a product', () => {
  const command = (sku: string, more: Partial<CreateProductCommand> = {}): CreateProductCommand => ({
    title: 'Paper lamp',
    description: 'Folds flat.',
    category: 'light',
    slug: undefined,
    variants: [{ sku, title: 'White', prices: [money(3900n, 'EUR'), money(6200n, 'JPY')], stock: 12, weightGrams: 300, seats: [] }],
    ...more,
  });
  const answer = (outcome: Added) => {
    if (outcome.kind !== 'added') throw new Refusal(outcome.kind);
    return { id: outcome.product.id, slug: outcome.product.slug, variantId: outcome.product.variants[0]?.id ?? '' };
  };
  const create = (order: CreateProductCommand, key?: string, body = order.title) => {
    const caller = staff(key);
    return shop.create.run(order, { caller, scope: scopeOf(caller, hashOf('catalog.CreateProduct', Buffer.from(body))), answer });
  };
  const refusal = (attempt: Promise<unknown>): Promise<unknown> =>
    attempt.then(
      () => 'created',
      (error: unknown) => (error as Refusal).problem.code,
    );

  it('introduces its stock, shows it, prices it and tells of it', async () => {
    const { id, slug, variantId } = await create(command('LMP-1'));
    expect(shop.introduced).toContainEqual({ variantId, quantity: 12 });
    const [quote] = await shop.quotes.run([variantId], 'JPY');
    expect(quote).toEqual({
      variantId,
      productId: id,
      sku: 'LMP-1',
      title: 'Paper lamp',
      category: 'light',
      unitPrice: money(6200n, 'JPY'),
      weightGrams: 300,
      imageUrl: '/images/1f4e6.webp',
      picture: null,
    });
    expect([slug, (await shop.products.bySlug('paper-lamp'))?.id, await told(id)]).toEqual([
      'paper-lamp',
      id,
      [{ productId: toPublicId('product', id), slug: 'paper-lamp', version: 1, at: '2026-01-02T03:04:05.000Z' }],
    ]);
  });

  it('makes another slug when the title is used already, and refuses one that was asked for', async () => {
    const { slug } = await create(command('LMP-2'));
    expect(slug).toMatch(/^paper-lamp-[0-9a-f]{6}$/);
    expect(await refusal(create(command('LMP-3', { slug: 'paper-lamp' })))).toBe('slug-taken');
  });

  it('refuses a SKU that is taken, and leaves nothing behind, however many ask at once', async () => {
    const before = await count('product');
    expect(await refusal(create(command('LMP-1', { slug: 'other-lamp' })))).toBe('sku-taken');
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, (_, index) => refusal(create(command('LMP-RACE', { slug: `race-${index}` })))),
    );
    expect([outcomes.sort(), await count('product')]).toEqual([
      ['created', 'sku-taken', 'sku-taken', 'sku-taken', 'sku-taken'],
      before + 1,
    ]);
  });

  it('happens once per idempotency key', async () => {
    const first = await create(command('LMP-KEY', { title: 'Desk lamp' }), 'key-1');
    const before = await count('product');
    expect([await create(command('LMP-KEY', { title: 'Desk lamp' }), 'key-1'), await count('product')]).toEqual([first, before]);
    expect(await refusal(create(command('LMP-KEY', { title: 'Desk lamp' }), 'key-1', 'another body'))).toBe('idempotency-key-reused');
  });
});

describe('setting a price', () => {
  it('moves the product in lists by its lowest variant, and tells of each change', async () => {
    const product = aProduct('Kettle', { prices: [5000n, 4000n] });
    await shop.shelf.addAll([product]);
    const [large, small] = product.variants;
    const lowest = async () =>
      (await db.pool.query<{ minor: string }>("SELECT minor FROM lowest_price WHERE product_id = $1 AND currency = 'EUR'", [product.id]))
        .rows[0]?.minor;
    const outcome = await shop.setPrice.run(small?.id ?? '', money(6000n, 'EUR'));
    expect([outcome, await lowest()]).toEqual([{ kind: 'set', variant: { ...small, prices: [money(6000n, 'EUR')] } }, '5000']);
    await shop.setPrice.run(large?.id ?? '', money(7000n, 'EUR'));
    expect([await lowest(), (await told(product.id)).map((event) => (event as { version: number }).version)]).toEqual(['6000', [2, 3]]);
  });

  it('in a currency that is new to the product offers it there', async () => {
    const product = aProduct('Ladle');
    await shop.shelf.addAll([product]);
    const variantId = product.variants[0]?.id ?? '';
    expect(await shop.quotes.run([variantId], 'BHD')).toEqual([]);
    await shop.setPrice.run(variantId, money(1500n, 'BHD'));
    expect((await shop.quotes.run([variantId], 'BHD')).map(({ unitPrice, title }) => ({ unitPrice, title }))).toEqual([
      { unitPrice: money(1500n, 'BHD'), title: 'Ladle' },
    ]);
  });

  it('keeps lists right when all variants are priced at the same moment', async () => {
    const product = aProduct('Whisk', { prices: [100n, 100n, 100n, 100n] });
    await shop.shelf.addAll([product]);
    await Promise.all(product.variants.map(({ id }, index) => shop.setPrice.run(id, money(BigInt(500 + index), 'EUR'))));
    const { rows } = await db.pool.query(
      'SELECT l.minor, p.version FROM lowest_price l JOIN product p ON p.id = l.product_id WHERE l.product_id = $1',
      [product.id],
    );
    expect(rows).toEqual([{ minor: '500', version: 5 }]);
  });

  it('knows no variant it has not sold', async () => {
    expect(await shop.setPrice.run(newUuid(), money(1n, 'EUR'))).toEqual({ kind: 'unknown-variant' });
  });
});

describe('seeding', () => {
  it('fills the shop once, from the top again when inventory was away', async () => {
    const products = [aProduct('Seeded one'), aProduct('Seeded two')];
    const stock = new Map([
      ['seeded-one-0', { quantity: 5 }],
      ['seeded-two-0', { quantity: 7 }],
    ]);
    const introduced: unknown[] = [];
    const state = { isAway: true };
    const seed = new SeedCatalogue(
      shop.shelf,
      async () => ({ products, stock }),
      async (first) => {
        if (state.isAway) throw new Error('inventory is away');
        introduced.push(...first);
      },
    );
    const before = await count('product');
    await expect(seed.run()).rejects.toThrow('inventory is away');
    state.isAway = false;
    await seed.run();
    await seed.run();
    expect([await count('product'), introduced.length, new Set(introduced)]).toEqual([
      before + 2,
      2,
      new Set([
        { variantId: products[0]?.variants[0]?.id, quantity: 5 },
        { variantId: products[1]?.variants[0]?.id, quantity: 7 },
      ]),
    ]);
  });
});
