import { money } from '@tandem/kernel';
import fc from 'fast-check';
import { addLine, type Cart, changeLine, maxLines, merge } from './cart.js';
import { price, type VariantQuote } from './price.js';

const empty: Cart = {
  id: 'c', ownerId: 'o', currency: 'EUR', locale: 'en', version: 1n, status: 'open', orderId: null, email: null, shippingAddress: null, shippingOptionId: null, lines: [],
};
const aCart = (...lines: [string, number][]): Cart => ({ ...empty, lines: lines.map(([variantId, quantity]) => ({ id: `l-${variantId}`, variantId, quantity })) });

describe('adding to a cart', () => {
  it('raises the line of a variant that is there already', () => {
    expect(addLine(aCart(['a', 2]), { variantId: 'a', quantity: 3, available: 5, newLineId: 'x' })).toMatchObject({ kind: 'changed', line: { id: 'l-a', variantId: 'a', quantity: 5 } });
  });

  it('is refused above the stock, above 999 units and above 100 lines', () => {
    expect(addLine(aCart(['a', 2]), { variantId: 'a', quantity: 4, available: 5, newLineId: 'x' })).toEqual({ kind: 'refused', because: 'out-of-stock' });
    expect(addLine(aCart(['a', 2]), { variantId: 'a', quantity: 998, available: 5_000, newLineId: 'x' })).toEqual({ kind: 'refused', because: 'quantity-too-large' });
    const full = aCart(...Array.from({ length: maxLines }, (_, n): [string, number] => [`v${n}`, 1]));
    expect(addLine(full, { variantId: 'new', quantity: 1, available: 5, newLineId: 'x' })).toEqual({ kind: 'refused', because: 'too-many-lines' });
  });
});

describe('changing a line', () => {
  it('removes it at zero', () => {
    expect(changeLine(aCart(['a', 2], ['b', 1]), { lineId: 'l-a', quantity: 0, available: 0 })).toEqual({ kind: 'removed', cart: aCart(['b', 1]), lineId: 'l-a' });
  });

  it('takes fewer units whatever is in stock, and more only if they are there', () => {
    expect(changeLine(aCart(['a', 5]), { lineId: 'l-a', quantity: 2, available: 0 }).kind).toBe('changed');
    expect(changeLine(aCart(['a', 5]), { lineId: 'l-a', quantity: 6, available: 5 })).toEqual({ kind: 'refused', because: 'out-of-stock' });
  });
});

describe('merging an older cart', () => {
  it('adds quantities, capped by the stock and by 999, and never takes away', () => {
    const lines = merge(aCart(['a', 2], ['b', 7]), aCart(['a', 3], ['b', 1], ['c', 4]), (variantId) => ({ a: 100, b: 5, c: 3 })[variantId] ?? 0, () => 'new');
    expect(lines).toEqual([{ id: 'l-a', variantId: 'a', quantity: 5 }, { id: 'l-b', variantId: 'b', quantity: 7 }, { id: 'new', variantId: 'c', quantity: 3 }]);
  });
});

describe('the price of a cart', () => {
  const quote = (minor: bigint): VariantQuote => ({ sku: 's', title: 't', category: 'c', unitPrice: money(minor, 'EUR'), weightGrams: 1 });

  it('names a variant that is not sold', () => {
    expect(price(aCart(['a', 1]).lines, { currency: 'EUR', quotes: new Map(), shipping: null })).toEqual({ kind: 'unknown-variant', variantId: 'a', lineId: 'l-a' });
  });

  it('adds up to the cent, in whatever order the lines stand', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.bigInt({ min: 1n, max: 10n ** 12n }), fc.integer({ min: 1, max: 999 })), { maxLength: 30 }), fc.bigInt({ min: 0n, max: 10_000n }), (items, shippingMinor) => {
        const lines = items.map(([, quantity], n) => ({ id: `l${n}`, variantId: `v${n}`, quantity }));
        const quotes = new Map(items.map(([minor], n) => [`v${n}`, quote(minor)]));
        const shipping = money(shippingMinor, 'EUR');
        const priced = price(lines, { currency: 'EUR', quotes, shipping });
        const reversed = price([...lines].reverse(), { currency: 'EUR', quotes, shipping });
        if (priced.kind !== 'priced' || reversed.kind !== 'priced') throw new Error('every variant has a price');
        const expected = items.reduce((total, [minor, quantity]) => total + minor * BigInt(quantity), 0n);
        expect([priced.subtotal.minor, priced.total.minor, reversed.total.minor]).toEqual([expected, expected + shippingMinor, expected + shippingMinor]);
      }),
    );
  });
});
