import fc from 'fast-check';
import { addLine, type Cart, changed, changeLine, maxLines, merge } from './cart.js';

const empty: Cart = {
  id: 'c',
  ownerId: 'o',
  currency: 'EUR',
  locale: 'en',
  version: 1n,
  status: 'open',
  orderId: null,
  email: null,
  shippingAddress: null,
  shippingOptionId: null,
  pointsToRedeem: 0n,
  promotionCode: null,
  lines: [],
};
const aCart = (...lines: [string, number][]): Cart => ({
  ...empty,
  lines: lines.map(([variantId, quantity]) => ({ id: `l-${variantId}`, variantId, quantity })),
});

describe('adding to a cart', () => {
  it('raises the line of a variant that is there already', () => {
    expect(addLine(aCart(['a', 2]), { variantId: 'a', quantity: 3, available: 5, newLineId: 'x' })).toEqual({
      kind: 'line-put',
      line: { id: 'l-a', variantId: 'a', quantity: 5 },
    });
  });

  it('is refused above the stock, above 999 units and above 100 lines', () => {
    expect(addLine(aCart(['a', 2]), { variantId: 'a', quantity: 4, available: 5, newLineId: 'x' })).toEqual({
      kind: 'refused',
      because: 'out-of-stock',
    });
    expect(addLine(aCart(['a', 2]), { variantId: 'a', quantity: 998, available: 5_000, newLineId: 'x' })).toEqual({
      kind: 'refused',
      because: 'quantity-too-large',
    });
    const full = aCart(...Array.from({ length: maxLines }, (_, n): [string, number] => [`v${n}`, 1]));
    expect(addLine(full, { variantId: 'new', quantity: 1, available: 5, newLineId: 'x' })).toEqual({
      kind: 'refused',
      because: 'too-many-lines',
    });
  });
});

describe('changing a line', () => {
  it('removes it at zero', () => {
    expect(changeLine(aCart(['a', 2], ['b', 1]), { lineId: 'l-a', quantity: 0, available: 0 })).toEqual({
      kind: 'line-removed',
      lineId: 'l-a',
    });
  });

  it('takes fewer units whatever is in stock, and more only if they are there', () => {
    expect(changeLine(aCart(['a', 5]), { lineId: 'l-a', quantity: 2, available: 0 }).kind).toBe('line-put');
    expect(changeLine(aCart(['a', 5]), { lineId: 'l-a', quantity: 6, available: 5 })).toEqual({ kind: 'refused', because: 'out-of-stock' });
  });
});

describe('a change', () => {
  it('makes the cart that is read afterwards, one version later', () => {
    const cart = aCart(['a', 2], ['b', 1]);
    const line = { id: 'l-a', variantId: 'a', quantity: 5 };
    expect(changed(cart, { kind: 'line-put', line })).toEqual({ ...aCart(['a', 5], ['b', 1]), version: 2n });
    expect(changed(cart, { kind: 'line-put', line: { ...line, id: 'new', variantId: 'c' } }).lines.map(({ id }) => id)).toEqual([
      'l-a',
      'l-b',
      'new',
    ]);
    expect(changed(cart, { kind: 'line-removed', lineId: 'l-a' })).toEqual({ ...aCart(['b', 1]), version: 2n });
    expect(changed(cart, { kind: 'details', details: { promotionCode: 'X', pointsToRedeem: 5n } })).toEqual({
      ...cart,
      promotionCode: 'X',
      pointsToRedeem: 5n,
      version: 2n,
    });
    expect(changed(cart, { kind: 'nothing' })).toEqual(cart);
  });
});

describe('merging an older cart', () => {
  it('adds quantities, capped by the stock and by 999, and never takes away', () => {
    const lines = merge(
      aCart(['a', 2], ['b', 7]),
      aCart(['a', 3], ['b', 1], ['c', 4]),
      (variantId) => ({ a: 100, b: 5, c: 3 })[variantId] ?? 0,
      () => 'new',
    );
    expect(lines).toEqual([
      { id: 'l-a', variantId: 'a', quantity: 5 },
      { id: 'new', variantId: 'c', quantity: 3 },
    ]);
    expect(
      merge(
        aCart(['a', 600]),
        aCart(['a', 600]),
        () => 5_000,
        () => 'new',
      ),
    ).toEqual([{ id: 'l-a', variantId: 'a', quantity: 999 }]);
  });

  it('leaves behind what is out of stock and what would be line 101', () => {
    const full = aCart(...Array.from({ length: maxLines }, (_, n): [string, number] => [`v${n}`, 1]));
    expect(
      merge(
        full,
        aCart(['v0', 1], ['one more', 1]),
        () => 9,
        () => 'new',
      ),
    ).toEqual([{ id: 'l-v0', variantId: 'v0', quantity: 2 }]);
    expect(
      merge(
        aCart(),
        aCart(['sold out', 1]),
        () => 0,
        () => 'new',
      ),
    ).toEqual([]);
  });

  it('never leaves a quantity that no line may have, nor less than the newer cart had', () => {
    const lines = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 999 })), {
      selector: ([variantId]) => variantId,
    });
    fc.assert(
      fc.property(lines, lines, fc.integer({ min: 0, max: 1_500 }), (newer, older, available) => {
        const into = aCart(...newer);
        for (const { variantId, quantity } of merge(
          into,
          aCart(...older),
          () => available,
          () => 'new',
        )) {
          const had = into.lines.find((line) => line.variantId === variantId)?.quantity ?? 0;
          expect(quantity).toBeGreaterThan(had);
          expect(quantity).toBeLessThanOrEqual(Math.min(available, 999));
        }
      }),
    );
  });
});
