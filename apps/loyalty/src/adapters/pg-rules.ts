import { currencies, type Currency, type Database, type Session, sessionOf, type Statement, type Tx } from '@tandem/kernel';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { type Rules, rulesAt } from '../domain/rules.js';

const all: Statement = { name: 'loyalty_rules', text: 'SELECT version, valid_from, rules FROM rule_set ORDER BY valid_from' };

/** How long rules are kept; a new version is valid from a later moment than that, so nobody earns by the old one too long. */
const freshForMs = 5_000;

const percent = z.record(z.string(), z.int().min(0).max(10_000)).transform((byName) => new Map(Object.entries(byName)));
const points = z.int().min(0).transform(BigInt);
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const Tier = z.object({ name: z.string(), from: points });
const risesFromZero = (tiers: readonly z.infer<typeof Tier>[]): boolean =>
  tiers.every(({ from }, n) => (n === 0 ? from === 0n : from > (tiers[n - 1]?.from ?? 0n)));
const Stored = z.object({
  unitsPerPoint: z.record(z.enum(currencies as [Currency, ...Currency[]]), z.int().min(1).transform(BigInt)),
  categoryPercent: percent,
  tierPercent: percent,
  campaigns: z.array(
    z.object({ name: z.string(), from: instant, to: instant, percent: z.int().min(100).max(10_000), categories: z.array(z.string()) }),
  ),
  capPerOrder: points.nullable(),
  tiers: z
    .tuple([Tier], Tier)
    .refine(risesFromZero, 'wants the lowest first, that one from 0, and each from more points than the one before'),
  tierDays: z.int().min(1),
  expiryDays: z.int().min(1).nullable(),
});

type Row = { readonly version: number; readonly valid_from: Date; readonly rules: unknown };

/** The rules that hold at a moment; within a transaction by its own connection, so that none waits for a second one. */
export type FindRules = (at: Date, tx?: Tx) => Promise<Rules>;

/** Rules from the database, read once in 5 s. Throws when a version does not say what rules say, or there is none. */
export function findRulesIn(database: Database): FindRules {
  const kept = new LRUCache<'rules', readonly [Rules, ...Rules[]]>({ max: 1, ttl: freshForMs });
  const read = async (session: Session): Promise<readonly [Rules, ...Rules[]]> => {
    const [first, ...others] = (await session.query<Row>(all)).map(({ version, valid_from, rules }): Rules => ({
      version,
      validFrom: valid_from,
      ...Stored.parse(rules),
    }));
    if (!first) throw new Error('there are no loyalty rules: the migrations bring the first ones');
    kept.set('rules', [first, ...others]);
    return [first, ...others];
  };
  return async (at, tx) => rulesAt(kept.get('rules') ?? (await read(tx ? sessionOf(tx) : database)), at);
}
