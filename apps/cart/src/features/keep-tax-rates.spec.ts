import type { cartV1 } from '@tandem/contracts';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { pgTaxRates } from '../adapters/pg-tax-rates.js';
import { problemOf } from '../spec-shop.js';
import { KeepTaxRatesGrpc } from './keep-tax-rates.grpc.js';
import { KeepTaxRates } from './keep-tax-rates.js';

describe('tax rates, as staff keeps them', () => {
  let db: SpecDatabase;
  let staff: KeepTaxRatesGrpc;

  beforeAll(async () => {
    db = await createSpecDatabase('cart');
    staff = new KeepTaxRatesGrpc(new KeepTaxRates(db.database, pgTaxRates(db.database)));
  });
  afterAll(() => db.drop());

  const rate = (change: Partial<cartV1.TaxRate> = {}): cartV1.TaxRate => ({
    country: 'US',
    region: 'OR',
    category: '',
    title: 'Oregon',
    rate: 10_000,
    onShipping: false,
    ...change,
  });

  it('are there from the start', async () => {
    const { rates } = await staff.list();
    expect([rates.length, rates[0]]).toEqual([
      14,
      { country: 'CA', region: '', category: '', title: 'GST, Canada', rate: 50_000, onShipping: true },
    ]);
  });

  it('are replaced as a whole, also when two do it at the same time', async () => {
    expect(await staff.replace({ rates: [rate({ category: 'food', rate: 0 }), rate()] })).toEqual({
      rates: [rate(), rate({ category: 'food', rate: 0 })],
    });
    await Promise.all([
      staff.replace({ rates: [rate(), rate({ region: 'AK' })] }),
      staff.replace({ rates: [rate(), rate({ region: 'HI' })] }),
    ]);
    expect((await staff.list()).rates).toHaveLength(2);
    expect(await staff.replace({ rates: [] })).toEqual({ rates: [] });
  });

  it('that make no sense are refused, and nothing is changed', async () => {
    await staff.replace({ rates: [rate()] });
    const pointersOf = async (...rates: cartV1.TaxRate[]) =>
      ((await problemOf(staff.replace({ rates })))['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(await pointersOf(rate({ country: 'XX', region: 'Oregon', rate: 1_000_001 }))).toEqual([
      '/data/0/country',
      '/data/0/region',
      '/data/0/rate',
    ]);
    expect(await pointersOf(rate(), rate())).toEqual(['/data']);
    expect(await staff.list()).toEqual({ rates: [rate()] });
  });
});
