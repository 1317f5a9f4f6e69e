import { describe, expect, it } from '@jest/globals';
import type { catalogV1 } from '@tandem/contracts';
import type { Refusal } from '@tandem/host';
import { staff } from '../spec-shop.js';
import type { CreateProduct } from './create-product.js';
import { CreateProductGrpc } from './create-product.grpc.js';

const edge = new CreateProductGrpc({ run: async () => 'created' } as unknown as CreateProduct);
const variant = { sku: 'S-1', title: 'One', prices: [{ amount: '100', currency: 'EUR' }], stock: 1, seats: [] as string[] };
const product: catalogV1.CreateProductRequest = { title: 'Lamp', description: '', category: 'light', variants: [variant] };

/** Pointers of what does not fit, or the refusal's code, or `created`. */
const outcome = (changes: Partial<catalogV1.CreateProductRequest>): Promise<unknown> =>
  Promise.resolve()
    .then(() => edge.handle({ ...product, ...changes }, staff()))
    .catch((error: unknown) => (error as Refusal).problem.errors?.map(({ pointer }) => pointer) ?? (error as Refusal).problem.code);

describe('a new product', () => {
  it('names every field that does not fit', async () => {
    const price = (amount: string, currency = 'EUR') => ({ variants: [{ ...variant, prices: [{ amount, currency }] }] });
    const outcomes = [
      {},
      { title: '' },
      { title: 'a\0b' },
      { slug: 'Not A Slug' },
      { variants: [] },
      { variants: [variant, variant] },
      price('0'),
      price('1000000000001'),
      price('1.5'),
      price('-1'),
      price('1', 'XTS'),
    ];
    expect(await Promise.all(outcomes.map(outcome))).toEqual([
      'created',
      ['/title'],
      ['/title'],
      ['/slug'],
      ['/variants'],
      ['/variants'],
      ['/variants/0/prices/0/amount'],
      ['/variants/0/prices/0/amount'],
      ['/variants/0/prices/0/amount'],
      ['/variants/0/prices/0/amount'],
      'currency-not-offered',
    ]);
    expect(await outcome({ variants: [{ ...variant, stock: 2, seats: ['A1', 'A2'] }] })).toEqual('created');
    expect(
      await outcome({
        variants: [
          { ...variant, stock: 2, seats: ['A1'] },
          { ...variant, sku: 'S-2', stock: 2, seats: ['A1', 'A1'] },
        ],
      }),
    ).toEqual(['/variants/0/seats', '/variants/1/seats']);
    const seats = Array.from({ length: 5_001 }, (_, index) => `${index}`);
    expect(await outcome({ variants: ['S-1', 'S-2'].map((sku) => ({ ...variant, sku, stock: seats.length, seats })) })).toEqual([
      '/variants',
    ]);
    expect(await outcome({ title: '', variants: [{ ...variant, stock: -1 }] })).toEqual(['/title', '/variants/0/stock']);
  });
});
