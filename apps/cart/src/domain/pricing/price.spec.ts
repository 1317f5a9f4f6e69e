import { currencies, type Currency, money } from '@tandem/kernel';
import fc from 'fast-check';
import { price, type Rates, type VariantQuote } from './price.js';
import type { Effect, Offer } from './promotion.js';

const quote = (minor: bigint, currency: Currency = 'EUR', category = 'home'): VariantQuote => ({
  sku: 's',
  title: 't',
  category,
  unitPrice: money(minor, currency),
  weightGrams: 1,
});
const terms = {
  taxRates: [
    { country: 'US', region: 'CA', category: '', title: 'x', rate: 72_500, onShipping: false },
    { country: 'US', region: 'CA', category: 'food', title: 'x', rate: 0, onShipping: false },
    { country: 'CA', region: '', category: '', title: 'x', rate: 149_750, onShipping: true },
  ],
  minorPerPoint: new Map<Currency, bigint>([
    ['EUR', 1n],
    ['USD', 1n],
    ['JPY', 1n],
    ['BHD', 10n],
  ]),
};
const offerOf = (effect: Effect): Offer => ({
  promotion: {
    id: 'p',
    code: 'CODE',
    title: 'x',
    effect,
    conditions: {},
    startsAt: null,
    endsAt: null,
    usageLimit: null,
    customerLimit: null,
    isActive: true,
  },
  now: new Date('2026-05-05T12:00:00Z'),
  used: 0,
  usedByOwner: 0,
  hasOrdered: false,
});
const rates = (change: Partial<Rates> = {}): Rates => ({
  currency: 'EUR',
  quotes: new Map([
    ['a', quote(1_999n)],
    ['b', quote(333n)],
  ]),
  shipping: money(490n, 'EUR'),
  destination: { country: 'DE', region: '' },
  terms,
  offer: null,
  pointsToRedeem: 0n,
  ...change,
});
const [a, b] = [
  { id: 'l-a', variantId: 'a', quantity: 2 },
  { id: 'l-b', variantId: 'b', quantity: 1 },
];
const minorOf = ({ subtotal, shipping, tax, discount, total }: ReturnType<typeof price>) =>
  [subtotal, shipping, tax, discount, total].map(({ minor }) => minor);

describe('the price of a cart', () => {
  it('is goods and shipping, when nothing else is asked for', () => {
    const eur = (minor: bigint) => money(minor, 'EUR');
    expect(price([a, b], rates())).toEqual({
      lines: [
        { ...a, ...quote(1_999n), total: eur(3_998n), discount: eur(0n) },
        { ...b, ...quote(333n), total: eur(333n), discount: eur(0n) },
      ],
      gone: [],
      subtotal: eur(4_331n),
      shipping: eur(490n),
      tax: eur(0n),
      discount: eur(0n),
      total: eur(4_821n),
      pointsRedeemed: 0n,
      pointsValue: eur(0n),
      promotionCode: null,
      promotionIdle: null,
    });
  });

  it('sets a line aside whose variant is not sold any more, and counts it for nothing', () => {
    const priced = price([a, b], rates({ quotes: new Map([['a', quote(5n)]]) }));
    expect([priced.gone, priced.lines.map(({ id }) => id), minorOf(priced)]).toEqual([[b], ['l-a'], [10n, 490n, 0n, 0n, 500n]]);
  });

  it('is less by a promotion, then by points, then more by the tax on what is left', () => {
    const priced = price(
      [a, b],
      rates({ offer: offerOf({ kind: 'percentage', rate: 100_000 }), pointsToRedeem: 100n, destination: { country: 'US', region: 'CA' } }),
    );
    // 43.31 − 4.33 − 1.00 = 37.98; × 7.25 % = 2.75
    expect([minorOf(priced), priced.lines.map(({ discount }) => discount.minor), priced.pointsValue.minor, priced.promotionCode]).toEqual([
      [4_331n, 490n, 275n, 533n, 4_563n],
      [492n, 41n],
      100n,
      'CODE',
    ]);
  });

  it('has no shipping with a promotion that pays for it', () => {
    const priced = price([a], rates({ offer: offerOf({ kind: 'free-shipping' }) }));
    expect([minorOf(priced), priced.promotionCode]).toEqual([[3_998n, 0n, 0n, 0n, 3_998n], 'CODE']);
  });

  it('does not use a promotion up that changes nothing', () => {
    expect(price([a], rates({ offer: offerOf({ kind: 'free-shipping' }), shipping: null })).promotionCode).toBe(null);
    expect(price([{ ...a, quantity: 1 }], rates({ offer: offerOf({ kind: 'buy-x-get-y', buy: 1, get: 1 }) })).promotionCode).toBe(null);
    expect(price([a], rates({ offer: 'unknown' }))).toMatchObject({ promotionCode: null, promotionIdle: 'unknown' });
  });

  const effects = fc.oneof(
    fc.record({ kind: fc.constant('percentage' as const), rate: fc.integer({ min: 1, max: 1_000_000 }) }),
    fc.record({
      kind: fc.constant('amount' as const),
      amounts: fc.record({
        EUR: fc.bigInt({ min: 1n, max: 10n ** 7n }),
        USD: fc.bigInt({ min: 1n, max: 10n ** 7n }),
        JPY: fc.bigInt({ min: 1n, max: 10n ** 7n }),
        BHD: fc.bigInt({ min: 1n, max: 10n ** 7n }),
      }),
    }),
    fc.record({ kind: fc.constant('buy-x-get-y' as const), buy: fc.integer({ min: 1, max: 5 }), get: fc.integer({ min: 1, max: 5 }) }),
    fc.constant({ kind: 'free-shipping' as const }),
  );
  const carts = fc.record({
    currency: fc.constantFrom(...currencies),
    items: fc.array(fc.tuple(fc.bigInt({ min: 1n, max: 10n ** 9n }), fc.integer({ min: 1, max: 999 }), fc.constantFrom('home', 'food')), {
      minLength: 1,
      maxLength: 20,
    }),
    effect: fc.option(effects),
    points: fc.bigInt({ min: 0n, max: 10n ** 9n }),
    shipping: fc.bigInt({ min: 0n, max: 10n ** 6n }),
    destination: fc.constantFrom(null, { country: 'DE', region: '' }, { country: 'US', region: 'CA' }, { country: 'CA', region: 'QC' }),
  });

  it('loses and makes no cent, never falls below zero, and does not care for the order of the lines', () => {
    fc.assert(
      fc.property(carts, ({ currency, items, effect, points, shipping, destination }) => {
        const lines = items.map(([, quantity], n) => ({ id: `l${n}`, variantId: `v${n}`, quantity }));
        const quotes = new Map(items.map(([minor, , category], n) => [`v${n}`, quote(minor, currency, category)]));
        const of = rates({
          currency,
          quotes,
          shipping: money(shipping, currency),
          destination,
          offer: effect && offerOf(effect),
          pointsToRedeem: points,
        });
        const priced = price(lines, of);
        const [subtotal = 0n, ship = 0n, tax = 0n, discount = 0n, total = 0n] = minorOf(priced);
        expect(subtotal).toBe(items.reduce((sum, [minor, quantity]) => sum + minor * BigInt(quantity), 0n));
        expect(total).toBe(subtotal + ship + tax - discount);
        expect(priced.lines.reduce((sum, line) => sum + line.discount.minor, 0n)).toBe(discount);
        expect(priced.lines.every((line) => line.discount.minor >= 0n && line.discount.minor <= line.total.minor)).toBe(true);
        expect(
          priced.pointsRedeemed <= points && priced.pointsValue.minor === priced.pointsRedeemed * (currency === 'BHD' ? 10n : 1n),
        ).toBe(true);
        expect(tax >= 0n && total >= 0n && (total > 0n || effect?.kind !== 'free-shipping')).toBe(true);
        const reversed = price([...lines].reverse(), of);
        expect([minorOf(reversed), new Map(reversed.lines.map(({ id, discount: own }) => [id, own]))]).toEqual([
          minorOf(priced),
          new Map(priced.lines.map(({ id, discount: own }) => [id, own])),
        ]);
      }),
    );
  });
});
