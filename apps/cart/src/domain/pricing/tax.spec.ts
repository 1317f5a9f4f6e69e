import { type TaxRate, taxOn } from './tax.js';

const rate = (country: string, region: string, category: string, millionths: number, onShipping = false): TaxRate => ({
  country,
  region,
  category,
  title: 'x',
  rate: millionths,
  onShipping,
});
const rates = [
  rate('US', 'CA', '', 72_500),
  rate('US', 'CA', 'food', 0),
  rate('CA', '', '', 50_000, true),
  rate('CA', 'QC', '', 149_750, true),
];
const goods = [
  { category: 'home', minor: 1_999n },
  { category: 'food', minor: 1_000n },
];

describe('tax', () => {
  it('is that of the place, of the region before the country', () => {
    expect(taxOn({ goods, shipping: 490n }, { country: 'CA', region: 'QC' }, rates)).toBe(522n); // 3489 × 14.975 % = 522.47…
    expect(taxOn({ goods, shipping: 490n }, { country: 'CA', region: 'AB' }, rates)).toBe(174n); // 3489 × 5 % = 174.45
  });

  it('knows a region as its code, alone or with the country, in any case', () => {
    expect(
      ['CA', ' ca ', 'US-CA', 'us-ca', 'California'].map((region) => taxOn({ goods, shipping: 0n }, { country: 'US', region }, rates)),
    ).toEqual([145n, 145n, 145n, 145n, 0n]);
  });

  it('leaves out what a category or the shipping is free of', () => {
    expect(taxOn({ goods: [{ category: 'food', minor: 1_000n }], shipping: 490n }, { country: 'US', region: 'CA' }, rates)).toBe(0n);
  });

  it('is not added where no rate is known, nor while the place is not', () => {
    expect([taxOn({ goods, shipping: 490n }, { country: 'DE', region: '' }, rates), taxOn({ goods, shipping: 490n }, null, rates)]).toEqual(
      [0n, 0n],
    );
  });

  it('is rounded once for all goods of a rate, not line by line', () => {
    const cents = Array.from({ length: 10 }, () => ({ category: 'home', minor: 5n }));
    expect(taxOn({ goods: cents, shipping: 0n }, { country: 'US', region: 'CA' }, rates)).toBe(4n); // 50 × 7.25 % = 3.6; ten times 0.36 would be nothing
  });
});
