import fc from 'fast-check';
import { allot, portionOf } from './allot.js';

const weights = fc.uniqueArray(
  fc.record({ id: fc.string({ minLength: 1, maxLength: 6 }), weight: fc.bigInt({ min: 0n, max: 10n ** 9n }) }),
  { selector: ({ id }) => id, minLength: 1, maxLength: 30 },
);

describe('a split by weight', () => {
  it('gives what rounding leaves to the largest remainders, then to the smallest id', () => {
    expect(
      [
        ...allot(10n, [
          { id: 'a', weight: 1n },
          { id: 'b', weight: 1n },
          { id: 'c', weight: 1n },
        ]),
      ].sort(),
    ).toEqual([
      ['a', 4n],
      ['b', 3n],
      ['c', 3n],
    ]);
    expect(
      [
        ...allot(5n, [
          { id: 'a', weight: 10n },
          { id: 'b', weight: 17n },
        ]),
      ].sort(),
    ).toEqual([
      ['a', 2n],
      ['b', 3n],
    ]);
    expect([...allot(5n, [{ id: 'a', weight: 0n }])]).toEqual([['a', 0n]]);
  });

  it('loses and makes nothing, gives nobody more than its weight, and does not care for the order', () => {
    fc.assert(
      fc.property(weights, fc.bigInt({ min: 0n, max: 10n ** 9n }), (shares, wanted) => {
        const whole = shares.reduce((sum, { weight }) => sum + weight, 0n);
        const amount = wanted < whole ? wanted : whole;
        const split = allot(amount, shares);
        expect([...split.values()].reduce((sum, share) => sum + share, 0n)).toBe(amount);
        for (const { id, weight } of shares) expect((split.get(id) ?? 0n) >= 0n && (split.get(id) ?? 0n) <= weight).toBe(true);
        expect([...allot(amount, [...shares].reverse())].sort()).toEqual([...split].sort());
      }),
    );
  });
});

describe('a portion', () => {
  it('is rounded half up, exactly', () => {
    expect([portionOf(50n, 10_000), portionOf(49n, 10_000), portionOf(199n, 72_500), portionOf(10n ** 15n + 1n, 500_000)]).toEqual([
      1n,
      0n,
      14n,
      500_000_000_000_001n,
    ]);
  });
});
