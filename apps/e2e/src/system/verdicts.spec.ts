import type { OverloadReport, Phase } from '../overload/overload.js';
import { type CrowdReport, crowdVerdict, overloadVerdict, type RestartsReport, restartsVerdict } from './verdicts.js';

const phase = (changes: Partial<Phase> = {}): Phase => ({
  perSecond: 20,
  p50: 100,
  p99: 200,
  confirmed: 300,
  shed: 0,
  others: [],
  ...changes,
});
const goodOverload: OverloadReport = {
  sustained: phase(),
  overloaded: phase({ perSecond: 18, p99: 300, shed: 9_000 }),
  afterwards: phase(),
  calmAfterMs: 2_000,
  refusalP99Ms: 25,
  refusalsWithoutRetryAfter: 0,
  memory: { before: { rss: 180, pss: 150 }, peak: { rss: 320, pss: 290 }, after: { rss: 240, pss: 210 } },
};
const limits = { goodput: 0.85, p99: 2, refusalMs: 50, calmMs: 5_000 };

describe('the verdict on an overload', () => {
  it('finds nothing wrong with what keeps every limit', () => {
    expect(overloadVerdict(goodOverload, limits)).toEqual({
      wrong: [],
      figure:
        "goodput 90 % of what it sustains before and after (aim 85 %), p99 of the accepted × 1.50 (aim 2); 99 of 100 refusals in ≤ 25 ms of the server's time (aim 50); calm 2.0 s after (aim 5); RSS of the storefront's process 180, 320, 240 MB before, at the peak, after (PSS 150, 290, 210)",
    });
  });

  it.each<[string, Partial<OverloadReport>, string]>([
    ['little is sold', { overloaded: phase({ perSecond: 16, shed: 1 }) }, 'goodput 80 %, wants 85 %'],
    ['those who get in wait', { overloaded: phase({ p99: 500, shed: 1 }) }, 'p99 of the accepted × 2.50, at most 2'],
    ['refusing takes long', { refusalP99Ms: 100 }, '99 of 100 refusals in ≤ 100 ms, at most 50'],
    ['it stays excited', { calmAfterMs: 5_001 }, 'calm after 5001 ms, at most 5000'],
    ['nobody is told when to come back', { refusalsWithoutRetryAfter: 3 }, '3 refusals without Retry-After'],
    ['something breaks', { overloaded: phase({ shed: 1, others: ['500 internal'] }) }, 'answered 500 internal'],
    ['nobody had to be refused', { overloaded: phase() }, 'nothing was refused: it was no overload'],
  ])('says so when %s', (_what, changes, fault) => {
    expect(overloadVerdict({ ...goodOverload, ...changes }, limits).wrong).toEqual([fault]);
  });

  it('holds nothing of a system that sold nothing at all', () => {
    const none = phase({ perSecond: 0, p99: 0 });
    expect(overloadVerdict({ ...goodOverload, sustained: none, overloaded: { ...none, shed: 1 }, afterwards: none }, limits).wrong).toEqual(
      ['goodput NaN %, wants 85 %', 'p99 of the accepted × NaN, at most 2'],
    );
  });
});

describe('the verdict on a crowd', () => {
  const good: CrowdReport = { checkouts: 500, before: 18, crowd: 18.5, after: 20, shed: 40, withoutRetryAfter: 0 };

  it.each<[string, Partial<CrowdReport>, readonly string[]]>([
    ['as fast as the best of both sides, nearly', {}, []],
    ['too slow', { crowd: 17.8 }, ['a crowd is served at 89 % of the peak, wants 90 %']],
    ['without word when to come back', { withoutRetryAfter: 1 }, ['1 refusals without Retry-After']],
    ['not served', { before: 0, crowd: 0, after: 0 }, ['a crowd is served at NaN % of the peak, wants 90 %']],
  ])('%s', (_what, changes, wrong) => {
    expect(crowdVerdict({ ...good, ...changes }, 0.9).wrong).toEqual(wrong);
  });
});

describe('the verdict on restarts', () => {
  const good: RestartsReport = { requests: 1_000, orders: 190, shed: 50, drains: [1_200, 3_400] };

  it.each<[string, Partial<RestartsReport>, readonly string[]]>([
    ['that nobody noticed', {}, []],
    ['while nothing was sold', { orders: 0 }, ['nothing was sold']],
    ['that the shop got through by refusing', { shed: 51 }, ['51 of 1000 requests refused as overloaded, at most 5 %']],
    ['that took too long', { drains: [10_001] }, ['the longest drain took 10001 ms, at most 10000']],
    ['that never were', { drains: [] }, ['nothing was restarted']],
  ])('%s', (_what, changes, wrong) => {
    expect(restartsVerdict({ ...good, ...changes }).wrong).toEqual(wrong);
  });
});
