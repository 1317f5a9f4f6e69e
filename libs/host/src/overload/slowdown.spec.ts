import { createSlowdown } from './slowdown.js';

describe('how much slower than at their best requests are', () => {
  it('is told by kind: a slow kind beside a quick one is no slower than ever', () => {
    const slowdown = createSlowdown();
    for (const ms of [4, 4, 4]) slowdown.add('GET cart', ms);
    slowdown.add('POST lines', 18);
    expect(slowdown.take(0)).toBe(1);
    slowdown.add('POST lines', 18);
    expect(slowdown.take(0)).toBeCloseTo(1, 2);
    slowdown.add('GET cart', 8);
    slowdown.add('POST lines', 72);
    expect(slowdown.take(0)).toBeCloseTo((2 + 4) / 2, 2);
  });

  it('counts the wait for the event loop, and says nothing when nothing was asked', () => {
    const slowdown = createSlowdown();
    expect(slowdown.take(50)).toBeUndefined();
    slowdown.add('GET cart', 10);
    slowdown.take(0);
    slowdown.add('GET cart', 10);
    expect(slowdown.take(20)).toBeCloseTo(3, 2);
  });

  it('takes for normal, after some minutes, what has become slower for good', () => {
    const slowdown = createSlowdown();
    const after = (calls: number): number => {
      let last = 0;
      for (let call = 0; call < calls; call += 1) (slowdown.add('GET cart', 25), (last = slowdown.take(0) ?? NaN));
      return last;
    };
    slowdown.add('GET cart', 10);
    slowdown.take(0);
    expect([after(10) > 2.4, after(10 * 60 * 8) < 1.1]).toEqual([true, true]);
  });
});
