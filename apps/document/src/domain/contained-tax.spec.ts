import fc from 'fast-check';
import { containedTaxes, containedTaxesOfRefund } from './contained-tax.js';
import { aLine, amountIn, anOrder } from './testing/orders.js';

const eur = amountIn('EUR');
const to = (country: string) => ({ ...anOrder().shippingAddress, country });

describe('the taxes prices contain', () => {
  it('are summed by rate after discounts, highest first; shipping bears the standard rate', () => {
    const lines = [aLine({ quantity: 2, discount: eur(199) }), aLine({ category: 'books', total: eur(1_070) })];
    expect(containedTaxes(anOrder({ lines }))).toEqual([
      { rate: 190_000, net: eur(3_604), tax: eur(685), gross: eur(4_289) }, // 3998 − 199 + 490
      { rate: 70_000, net: eur(1_000), tax: eur(70), gross: eur(1_070) },
    ]);
  });

  it('are counted in the smallest unit of any currency', () => {
    const jpy = amountIn('JPY');
    expect(
      containedTaxes(
        anOrder({ currency: 'JPY', shipping: jpy(0), lines: [aLine({ currency: 'JPY', total: jpy(1_100) })], shippingAddress: to('JP') }),
      ),
    ).toEqual([{ rate: 100_000, net: jpy(1_000), tax: jpy(100), gross: jpy(1_100) }]);
  });

  it('are not told where tax was added, or no rate is known', () => {
    expect([
      containedTaxes(anOrder({ tax: eur(100) })),
      containedTaxes(anOrder({ shippingAddress: to('US') })),
      containedTaxes(anOrder({ shippingAddress: to('__proto__') })),
    ]).toEqual([undefined, undefined, undefined]);
  });

  it('add up to what was paid, whatever was bought, and those of a refund to the refund', () => {
    const line = fc.record({ category: fc.constantFrom('kitchen', 'books', 'food'), total: fc.integer({ min: 1, max: 1_000_000 }) });
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 5_000 }),
        fc.constantFrom('DE', 'FR', 'BH', 'ES'),
        fc.nat(1_000),
        (lines, shipping, country, part) => {
          const order = anOrder({
            lines: lines.map(({ category, total }) => aLine({ category, total: eur(total) })),
            shipping: eur(shipping),
            shippingAddress: to(country),
          });
          const sumOf = (rows: ReturnType<typeof containedTaxes>, of: 'gross' | 'net' | 'tax') =>
            (rows ?? []).reduce((sum, row) => sum + row[of].amount, 0);
          const rows = containedTaxes(order);
          expect([sumOf(rows, 'gross'), sumOf(rows, 'net') + sumOf(rows, 'tax')]).toEqual([order.total.amount, order.total.amount]);
          const refund = eur(Math.floor((order.total.amount * part) / 1_000));
          expect(sumOf(containedTaxesOfRefund(order, refund), 'gross')).toBe(refund.amount);
        },
      ),
    );
  });
});
