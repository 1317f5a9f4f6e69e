import type { Stage } from './stage.js';

export type LogKind = 'postgres' | 'kafka';
export type Scale = 'short' | 'full';

/** What a run showed: the figure that is printed, and what was wrong with it. */
export type Finding = { readonly figure: string; readonly faults: readonly string[] };

/** What a scenario is about: how records get from outbox to effect, or the shop as a whole. Which sources its result depends on follows from that. */
export type Subject = 'delivery' | 'system';

/** What every run of a scenario is told. */
export type Setting = {
  readonly logKind: LogKind;
  readonly scale: Scale;
  readonly seed: number;
  /** Either by scale. */
  size<T>(of: Readonly<Record<Scale, T>>): T;
  say(line: string): void;
};

/** A claim that a command can show. */
type Claim = {
  readonly name: string;
  /** What it must show, as docs/reference/proofs.md prints it. */
  readonly must: string;
  readonly logs: readonly LogKind[];
  /** The logs on which the short form belongs to every test run; none when absent. */
  readonly inCi?: readonly LogKind[];
  /** The size at which its aim is switched off: such a run shows that the command works, not the claim, and stands on no page. */
  readonly aimless?: Scale;
};

/** A claim, and how it is shown. */
export type Scenario = Claim & { readonly run: (setting: Setting) => Promise<Finding> };

/** One that plays on servers that are started for it. */
export type StagedScenario = Claim & { readonly run: (stage: Stage) => Promise<Finding> };

/** Collects what is wrong. */
export function checks(): { readonly faults: string[]; expect(holds: boolean, otherwise: string): void } {
  const faults: string[] = [];
  return { faults, expect: (holds, otherwise) => void (holds || faults.push(otherwise)) };
}

/** The value below which `share` of the values lie; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** The median of the percentiles of so many values each, in their order; a shorter rest counts as well. 0 of none. */
export function medianPercentile(values: readonly number[], share: number, each: number): number {
  const parts = numbers(Math.ceil(values.length / each)).map((part) => values.slice(part * each, (part + 1) * each));
  return percentile(
    parts.map((part) => percentile(part, share)),
    0.5,
  );
}

/** The same things in an order that follows from the random numbers. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

export const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
