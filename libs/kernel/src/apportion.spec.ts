import fc from 'fast-check';
import { apportion } from './apportion.js';

const amounts = fc.bigInt({ min: 0n, max: 10n ** 12n });

describe('a total split by weight', () => {
  it('goes by share, the rest to who lost most, among equals to the earlier', () => {
    expect([apportion(10n, [1n, 1n, 1n]), apportion(5n, [10n, 17n]), apportion(5n, [0n, 0n])]).toEqual([
      [4n, 3n, 3n],
      [2n, 3n],
      [0n, 5n],
    ]);
  });

  it('loses and makes no cent, each part less than one away from its share', () => {
    fc.assert(
      fc.property(amounts, fc.array(amounts, { minLength: 1, maxLength: 40 }), (total, weights) => {
        const parts = apportion(total, weights);
        const whole = weights.reduce((sum, weight) => sum + weight, 0n);
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(total);
        if (whole > 0n)
          expect(
            parts.every(
              (part, n) => part * whole > total * (weights[n] ?? 0n) - whole && part * whole < total * (weights[n] ?? 0n) + whole,
            ),
          ).toBe(true);
      }),
    );
  });
});
