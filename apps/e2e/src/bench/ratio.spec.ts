import { ratioOf } from './ratio.js';

describe('the ratio of two versions', () => {
  it('is exact when every pair says the same', () => {
    expect(
      ratioOf([
        [10, 12],
        [50, 60],
      ]),
    ).toEqual({ mean: expect.closeTo(1.2), low: expect.closeTo(1.2), high: expect.closeTo(1.2) });
  });

  it('takes twice as much and half as much for the same', () => {
    expect(
      ratioOf([
        [10, 20],
        [20, 10],
      ]).mean,
    ).toBeCloseTo(1);
  });

  it('does not mind a machine that is slower for one pair', () => {
    expect(
      ratioOf([
        [10, 11],
        [1_000, 1_100],
        [10, 11],
      ]).high,
    ).toBeCloseTo(1.1);
  });

  it('has wider bounds the more the pairs differ, and narrower ones the more there are', () => {
    const width = (pairs: readonly (readonly [number, number])[]): number => ratioOf(pairs).high - ratioOf(pairs).low;
    const [calm, wild] = [
      [
        [10, 10],
        [10, 11],
      ] as const,
      [
        [10, 8],
        [10, 14],
      ] as const,
    ];
    expect(width(wild)).toBeGreaterThan(width(calm));
    expect(width([...wild, ...wild, ...wild])).toBeLessThan(width(wild));
  });

  it('is not told of a single pair, which shows no spread', () => {
    expect(() => ratioOf([[10, 11]])).toThrow('a spread takes two pairs or more, got 1');
  });
});
