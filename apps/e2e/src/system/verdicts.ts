import type { Megabytes, OverloadReport, StorefrontMemory } from '../overload/overload.js';

/** What a proof says at its end: its figure, and what does not hold, line by line. */
export type Verdict = { readonly figure: string; readonly wrong: readonly string[] };

/** `goodput`: share of what is sustained; `p99`: times the usual; the rest in milliseconds. Source of the usual ones: `npm run overload`. */
export type OverloadLimits = { readonly goodput: number; readonly p99: number; readonly refusalMs: number; readonly calmMs: number };

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

/** Whether a system that got many times its load served what it accepted, and refused the rest early and politely. A figure that is not a number holds nothing. */
export function overloadVerdict(report: OverloadReport, limits: OverloadLimits): Verdict {
  const { sustained, overloaded, afterwards, refusalP99Ms, calmAfterMs, refusalsWithoutRetryAfter, memory } = report;
  // Of both sides together: the machine may have become slower or faster meanwhile.
  const goodput = overloaded.perSecond / ((sustained.perSecond + afterwards.perSecond) / 2);
  const slower = overloaded.p99 / ((sustained.p99 + afterwards.p99) / 2);
  const wrong = [sustained, overloaded, afterwards].flatMap(({ others }) => others.map((other) => `answered ${other}`));
  if (refusalsWithoutRetryAfter > 0) wrong.push(`${refusalsWithoutRetryAfter} refusals without Retry-After`);
  if (overloaded.shed === 0) wrong.push('nothing was refused: it was no overload');
  if (!(goodput >= limits.goodput)) wrong.push(`goodput ${percent(goodput)}, wants ${percent(limits.goodput)}`);
  if (!(slower <= limits.p99)) wrong.push(`p99 of the accepted × ${slower.toFixed(2)}, at most ${limits.p99}`);
  if (!(refusalP99Ms <= limits.refusalMs)) wrong.push(`99 of 100 refusals in ≤ ${refusalP99Ms} ms, at most ${limits.refusalMs}`);
  if (!(calmAfterMs <= limits.calmMs)) wrong.push(`calm after ${Math.round(calmAfterMs)} ms, at most ${limits.calmMs}`);
  return {
    wrong,
    figure:
      `goodput ${percent(goodput)} of what it sustains before and after (aim ${percent(limits.goodput)}), p99 of the accepted × ${slower.toFixed(2)} (aim ${limits.p99}); ` +
      `99 of 100 refusals in ≤ ${refusalP99Ms} ms of the server's time (aim ${limits.refusalMs}); calm ${(calmAfterMs / 1_000).toFixed(1)} s after (aim ${limits.calmMs / 1_000}); ` +
      `RSS of the storefront's process ${inMb(memory, 'rss')} MB before, at the peak, after (PSS ${inMb(memory, 'pss')})`,
  };
}

const inMb = ({ before, peak, after }: StorefrontMemory, kind: keyof Megabytes): string =>
  [before, peak, after].map((seen) => seen[kind].toFixed(0)).join(', ');

/** Orders per second in good order before and after, and of the crowd; how many were refused, and how many of them were not told when to come back. */
export type CrowdReport = {
  readonly checkouts: number;
  readonly before: number;
  readonly crowd: number;
  readonly after: number;
  readonly shed: number;
  readonly withoutRetryAfter: number;
};

/** Whether a crowd was served at `atLeast` of the best rate. */
export function crowdVerdict({ checkouts, before, crowd, after, shed, withoutRetryAfter }: CrowdReport, atLeast: number): Verdict {
  const peak = Math.max(before, after);
  const share = crowd / peak;
  const wrong: string[] = [];
  if (withoutRetryAfter > 0) wrong.push(`${withoutRetryAfter} refusals without Retry-After`);
  if (!(share >= atLeast)) wrong.push(`a crowd is served at ${percent(share)} of the peak, wants ${percent(atLeast)}`);
  return {
    wrong,
    figure: `${checkouts} checkouts at once on 10 connections: ${crowd.toFixed(1)} orders/s, ${percent(share)} of the ${peak.toFixed(1)} in good order (aim ${percent(atLeast)}); ${shed} refusals, ${withoutRetryAfter} without Retry-After`,
  };
}

/** What came of the requests while processes were restarted; `drains` in milliseconds, one a restart. */
export type RestartsReport = {
  readonly requests: number;
  readonly orders: number;
  readonly shed: number;
  readonly drains: readonly number[];
};

/** A shop that refuses more than this share as `overloaded` is not served while it is restarted. */
const mostShed = 0.05;
const mostDrainMs = 10_000;

/** Whether the shop sold while its processes were restarted. What failed by itself is reported where it happened. */
export function restartsVerdict({ requests, orders, shed, drains }: RestartsReport): Verdict {
  const longest = Math.max(0, ...drains);
  const wrong: string[] = [];
  if (drains.length === 0) wrong.push('nothing was restarted');
  if (orders === 0) wrong.push('nothing was sold');
  if (shed > requests * mostShed) wrong.push(`${shed} of ${requests} requests refused as overloaded, at most ${percent(mostShed)}`);
  if (longest > mostDrainMs) wrong.push(`the longest drain took ${Math.round(longest)} ms, at most ${mostDrainMs}`);
  return {
    wrong,
    figure: `${requests} requests, ${orders} orders, ${shed} refused as overloaded (at most ${percent(mostShed)}); the longest drain ${(longest / 1_000).toFixed(1)} s (aim ${mostDrainMs / 1_000})`,
  };
}
