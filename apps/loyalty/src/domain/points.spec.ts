import { money } from '@tandem/kernel';
import fc from 'fast-check';
import { earning, pointsFor, releasing, reversing, shareOf, standingOf } from './points.js';

describe('points', () => {
  it('are one per whole unit, rounded down; in yen one per hundred', () => {
    expect([pointsFor(money(5_199n, 'EUR')), pointsFor(money(99n, 'USD')), pointsFor(money(5_199n, 'JPY')), pointsFor(money(5_199n, 'BHD'))]).toEqual([51n, 0n, 51n, 5n]);
  });

  it('are none for nothing', () => {
    expect(pointsFor(money(0n, 'EUR'))).toBe(0n);
    expect(pointsFor(money(-500n, 'EUR'))).toBe(0n);
  });

  it('come from pending first when they are taken back', () => {
    expect(reversing({ pending: 3n, available: 10n }, 5n)).toEqual({ pending: -3n, available: -2n, shop: 5n });
  });

  it('are taken back by share, and whole when nothing is left of the payment', () => {
    const refund = { refunded: 1_000n, total: 5_100n };
    expect(shareOf(51n, 51n, { ...refund, isFull: false })).toBe(10n);
    expect(shareOf(51n, 51n, { ...refund, isFull: true })).toBe(51n);
  });

  it('never appear or vanish: every movement sums to zero', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10_000n }), fc.bigInt({ min: 0n, max: 10_000n }), fc.bigInt({ min: 0n, max: 20_000n }), (pending, available, points) => {
        for (const { pending: p, available: a, shop } of [earning(points), releasing({ pending, available }), reversing({ pending, available }, points)]) expect(p + a + shop).toBe(0n);
      }),
    );
  });

  it('make a standing', () => {
    expect(standingOf(499n)).toEqual({ tier: 'bronze', next: { tier: 'silver', pointsMissing: 1n } });
    expect(standingOf(2_000n)).toEqual({ tier: 'gold', next: null });
  });
});
