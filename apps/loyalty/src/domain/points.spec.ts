import fc from 'fast-check';
import { earning, redeeming, releasing, returning, reversing, shareOf } from './points.js';

describe('points', () => {
  it('come from pending first when they are taken back', () => {
    expect(reversing({ pending: 3n, available: 10n }, 5n)).toEqual({ pending: -3n, available: -2n, shop: 5n });
  });

  it('are taken back by share, and whole when nothing is left of the payment', () => {
    const refund = { before: 0n, refunded: 1_000n, total: 5_100n };
    expect(shareOf(51n, 51n, { ...refund, isFull: false })).toBe(10n);
    expect(shareOf(51n, 51n, { ...refund, isFull: true })).toBe(51n);
  });

  it('go back by the same share however a refund is split, in whatever order the parts are heard of', () => {
    const parts = fc.array(fc.bigInt({ min: 1n, max: 1_000n }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(parts, fc.bigInt({ min: 0n, max: 5_000n }), fc.bigInt({ min: 0n, max: 1_000n }), (refunds, points, kept) => {
        const sum = refunds.reduce((total, part) => total + part, 0n);
        const total = sum + kept;
        const shares = refunds.map((refunded, n) => ({
          refunded,
          before: refunds.slice(0, n).reduce((so, part) => so + part, 0n),
          total,
          isFull: false,
        }));
        const taken = [...shares].reverse().reduce((held, share) => held - shareOf(points, held, share), points);
        expect(points - taken).toBe((points * sum) / total);
      }),
    );
  });

  it('never appear or vanish: every movement sums to zero', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10_000n }),
        fc.bigInt({ min: 0n, max: 10_000n }),
        fc.bigInt({ min: 0n, max: 20_000n }),
        (pending, available, points) => {
          for (const { pending: p, available: a, shop } of [
            earning(points),
            releasing({ pending, available }),
            reversing({ pending, available }, points),
            redeeming(points),
            returning(points),
          ])
            expect(p + a + shop).toBe(0n);
        },
      ),
    );
  });
});
