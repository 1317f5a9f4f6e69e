import { type ConcurrencyLimit, createConcurrencyLimit } from './concurrency-limit.js';
import { shares } from './load.js';
import type { Work } from './refusals.js';
import { createSlowdown, type Slowdown } from './slowdown.js';

const fill = (limit: ConcurrencyLimit, share = 1): number => {
  let entered = 0;
  while (limit.enter(share)) entered += 1;
  return entered;
};
const empty = (limit: ConcurrencyLimit): void => {
  while (limit.places().taken > 0) limit.leave();
};
/** A limit that was full at every sample of how many times as long as usual requests took. */
const after = (...samples: readonly number[]): ConcurrencyLimit => {
  const limit = createConcurrencyLimit();
  for (const slowdown of samples) {
    fill(limit);
    limit.observe(slowdown);
    empty(limit);
  }
  return limit;
};
const times = (count: number, slowdown: number): readonly number[] => Array.from({ length: count }, () => slowdown);

describe('the limit of what is in hand', () => {
  it('holds from the first request on, and keeps half of the places for who is in the shop', () => {
    const limit = createConcurrencyLimit();
    expect([fill(limit, 0.5), fill(limit, 0.75), fill(limit, 1), limit.places()]).toEqual([64, 32, 32, { limit: 128, taken: 128 }]);
    limit.leave();
    expect([limit.enter(0.75), limit.enter(1), limit.enter(1)]).toEqual([false, true, false]);
  });

  it('grows while requests take no longer for it, as far as it is used', () => {
    expect(after(...times(100, 1)).places().limit).toBeGreaterThan(400);
    const idle = createConcurrencyLimit();
    for (let sample = 0; sample < 100; sample += 1) idle.observe(1);
    expect(idle.places().limit).toBe(128);
  });

  it('comes back to where it started when the shop is calm, without being used', () => {
    const rushed = after(...times(100, 50));
    expect(rushed.places().limit).toBe(16);
    for (let sample = 0; sample < 100; sample += 1) rushed.observe(1);
    expect(rushed.places().limit).toBe(128);
  });

  it('takes nothing away when a few in hand are slow: it is not their number then', () => {
    const calm = createConcurrencyLimit();
    for (let sample = 0; sample < 100; sample += 1) {
      for (let n = 0; n < 4; n += 1) calm.enter(0.5);
      calm.observe(20);
      empty(calm);
    }
    expect(calm.places().limit).toBe(128);
  });

  it('shrinks when they take longer than twice the best, to 16 and not below', () => {
    const grown = after(...times(100, 1)).places().limit;
    expect(after(...times(100, 1), ...times(10, 8)).places().limit).toBeLessThan(grown / 2);
    expect(after(...times(1_000, 50)).places().limit).toBe(16);
  });

  it('loses no more than a fifth to one long pause', () => {
    const before = after(...times(30, 1)).places().limit;
    expect(after(...times(30, 1), 1_000).places().limit).toBeGreaterThan(before * 0.8);
  });
});

/** What the steps of a purchase take of the one processor, milliseconds, and one refusal. Source: docs/bench.md, in proportion. */
const purchase: readonly (readonly [Work, number])[] = [
  ['entry', 3],
  ['cart', 3],
  ['cart', 3],
  ['checkout', 18],
];
const refusalMs = 0.3;

type Buyer = { readonly since: number; step: number; leftMs: number; stepSince: number };
type Played = { readonly perSecond: number; readonly p99: number };

/** A processor shared evenly by all that is in hand, in virtual time. `arrivals`: new buyers per second, or so many who begin anew when they are done. */
function play({
  limit,
  slowdown = createSlowdown(),
  seconds,
  arrivals,
}: {
  limit?: ConcurrencyLimit;
  slowdown?: Slowdown;
  seconds: number;
  arrivals: { perSecond: number } | { buyers: number };
}): Played {
  const tookMs: number[] = [];
  let inHand: Buyer[] = [];
  let debtMs = 0;
  let due = 0;
  const isIn = (step: number): boolean => !limit || limit.enter(shares[purchase[step]![0]]) || ((debtMs += refusalMs), false);
  const begin = (now: number): void => void (isIn(0) && inHand.push({ since: now, step: 0, leftMs: purchase[0]![1], stepSince: now }));
  const advance = (buyer: Buyer, now: number): boolean => {
    limit?.leave();
    const [work] = purchase[buyer.step]!;
    if (work !== 'checkout') slowdown.add(work, now - buyer.stepSince);
    const step = buyer.step + 1;
    if (step === purchase.length) return (tookMs.push(now - buyer.since), false);
    return isIn(step) && (Object.assign(buyer, { step, leftMs: purchase[step]![1], stepSince: now }), true);
  };
  for (let now = 0; now < seconds * 1_000; now += 1) {
    if ('buyers' in arrivals) while (inHand.length < arrivals.buyers) begin(now);
    else for (due += arrivals.perSecond / 1_000; due >= 1; due -= 1) begin(now);
    const spent = Math.min(debtMs, 1);
    debtMs -= spent;
    const each = (1 - spent) / Math.max(1, inHand.length);
    inHand = inHand.filter((buyer) => (buyer.leftMs -= each) > 0 || advance(buyer, now));
    const slower = now % 100 === 99 ? slowdown.take(0) : undefined;
    if (slower !== undefined) limit?.observe(slower);
  }
  tookMs.sort((a, b) => a - b);
  return { perSecond: tookMs.length / seconds, p99: tookMs[Math.floor(tookMs.length * 0.99)] ?? Infinity };
}

describe('a shop that has as much to do as it can, and is wanted by more', () => {
  it.each([2, 10, 20])('sells at least 85 %% of what it could at %i times the load, and who buys waits no more than double', (many) => {
    const sustained = play({ seconds: 20, arrivals: { buyers: 8 } });
    const [limit, slowdown] = [createConcurrencyLimit(), createSlowdown()];
    // Before it, a quiet hour and one with as many as it can serve.
    for (const buyers of [1, 8]) {
      play({ limit, slowdown, seconds: 5, arrivals: { buyers } });
      empty(limit);
    }
    const rush = play({ limit, slowdown, seconds: 60, arrivals: { perSecond: sustained.perSecond * many } });
    expect(rush.perSecond / sustained.perSecond).toBeGreaterThan(many === 20 ? 0.75 : 0.85);
    expect(rush.p99 / sustained.p99).toBeLessThan(2);
  });
});
