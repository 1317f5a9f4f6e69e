import { type Currency, minorPerUnit } from '@tandem/kernel';

/** Points for goods of some categories (none named: all) between two moments, the second excluded. 200 = twice as many. */
export type Campaign = {
  readonly name: string;
  readonly from: Date;
  readonly to: Date;
  readonly percent: number;
  readonly categories: readonly string[];
};
export type Tier = { readonly name: string; readonly from: bigint };

/** What orders earn. A version never changes: new rules are a new version, valid from a moment on. Percentages are whole, 100 = as usual. */
export type Rules = {
  readonly version: number;
  readonly validFrom: Date;
  /** What one point costs in whole units of a currency. */
  readonly unitsPerPoint: Readonly<Record<Currency, bigint>>;
  readonly categoryPercent: ReadonlyMap<string, number>;
  readonly tierPercent: ReadonlyMap<string, number>;
  readonly campaigns: readonly Campaign[];
  readonly capPerOrder: bigint | null;
  /** Lowest first, the first from 0. */
  readonly tiers: readonly [Tier, ...Tier[]];
  /** Days that count towards a tier. */
  readonly tierDays: number;
  /** Days from becoming available to the end; null for never. */
  readonly expiryDays: number | null;
};

/** The rules that were valid at a moment. There always are some: the first version is valid from before there was a shop. */
export function rulesAt(sets: readonly [Rules, ...Rules[]], at: Date): Rules {
  return [...sets].sort((a, b) => b.validFrom.getTime() - a.validFrom.getTime()).find(({ validFrom }) => validFrom <= at) ?? sets[0];
}

/** An order as far as it earns: its goods after discounts in minor units, and when it was confirmed. */
export type EarningFacts = {
  readonly currency: Currency;
  readonly goods: readonly { readonly category: string; readonly minor: bigint }[];
  readonly confirmedAt: Date;
  readonly tier: string;
};

/**
 * The points an order earns: what its goods cost, weighed by category, the best campaign of the moment and the customer's tier; summed,
 * then rounded down once, never below zero. By the first rules one per whole unit (JPY: per 100). Source: docs/reference/loyalty.md, "Earning".
 */
export function pointsFor({ currency, goods, confirmedAt, tier }: EarningFacts, rules: Rules): bigint {
  const running = rules.campaigns.filter(({ from, to }) => from <= confirmedAt && confirmedAt < to);
  const percentOf = (category: string): bigint => BigInt(rules.categoryPercent.get(category) ?? 100) * BigInt(bestOf(running, category));
  const weighed =
    goods.reduce((sum, { category, minor }) => sum + minor * percentOf(category), 0n) * BigInt(rules.tierPercent.get(tier) ?? 100);
  if (weighed <= 0n) return 0n;
  const points = weighed / (1_000_000n * minorPerUnit(currency) * rules.unitsPerPoint[currency]);
  return rules.capPerOrder !== null && points > rules.capPerOrder ? rules.capPerOrder : points;
}

function bestOf(campaigns: readonly Campaign[], category: string): number {
  return Math.max(
    100,
    ...campaigns.filter(({ categories }) => categories.length === 0 || categories.includes(category)).map(({ percent }) => percent),
  );
}

/** A tier, and what is missing to the next one. */
export type Standing = { readonly tier: string; readonly next: { readonly tier: string; readonly pointsMissing: bigint } | null };

/** The tier of points earned and kept within the days that count, spent ones included. */
export function standingOf(earned: bigint, { tiers }: Pick<Rules, 'tiers'>): Standing {
  const reached = tiers.findLast((tier) => earned >= tier.from) ?? tiers[0];
  const next = tiers.find(({ from }) => from > reached.from && from > earned);
  return { tier: reached.name, next: next ? { tier: next.name, pointsMissing: next.from - earned } : null };
}

/** Whether nothing is above a tier. */
export function isHighest(tier: string | null, { tiers }: Pick<Rules, 'tiers'>): boolean {
  return tier === tiers.at(-1)?.name;
}

/** Whether a tier is above another; one that is unknown, or none, counts as the first. */
export function isAbove(tier: string, other: string | null, { tiers }: Pick<Rules, 'tiers'>): boolean {
  const placeOf = (name: string | null): number =>
    Math.max(
      0,
      tiers.findIndex((known) => known.name === name),
    );
  return placeOf(tier) > placeOf(other);
}
