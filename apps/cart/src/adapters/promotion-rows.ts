import { currencies, type Currency } from '@tandem/kernel';
import { z } from 'zod';
import type { AmountByCurrency, Conditions, Effect, Promotion } from '../domain/pricing/promotion.js';

const amounts = z.partialRecord(z.enum(currencies as [Currency, ...Currency[]]), z.string().regex(/^\d{1,15}$/));

/** Effects and conditions as they are stored: amounts as text, for JSON has no integers of 64 bits. */
const storedEffect = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('percentage'), rate: z.int().min(1).max(1_000_000) }),
  z.object({ kind: z.literal('amount'), amounts }),
  z.object({ kind: z.literal('buy-x-get-y'), buy: z.int().min(1).max(999), get: z.int().min(1).max(999) }),
  z.object({ kind: z.literal('free-shipping') }),
]);
const storedConditions = z.object({
  categories: z.array(z.string()).optional(),
  minimum: amounts.optional(),
  firstOrderOnly: z.boolean().optional(),
});

/** A row of the table `promotion`. */
export type PromotionRow = {
  id: string;
  code: string;
  title: string;
  effect: unknown;
  conditions: unknown;
  starts_at: Date | null;
  ends_at: Date | null;
  usage_limit: number | null;
  customer_limit: number | null;
  used: number;
  is_active: boolean;
  created_at: Date;
};

export const promotionColumns =
  'p.id, p.code, p.title, p.effect, p.conditions, p.starts_at, p.ends_at, p.usage_limit, p.customer_limit, p.used, p.is_active, p.created_at';

/** Throws on a row that no version of this shop has written. */
export function promotionOf(row: PromotionRow): Promotion {
  return {
    id: row.id,
    code: row.code,
    title: row.title,
    effect: effectOf(row.effect),
    conditions: conditionsOf(row.conditions),
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    usageLimit: row.usage_limit,
    customerLimit: row.customer_limit,
    isActive: row.is_active,
  };
}

export function effectJson(effect: Effect): string {
  return JSON.stringify(effect.kind === 'amount' ? { ...effect, amounts: textOf(effect.amounts) } : effect);
}

export function conditionsJson({ minimum, ...conditions }: Conditions): string {
  return JSON.stringify({ ...conditions, ...(minimum ? { minimum: textOf(minimum) } : {}) });
}

function effectOf(stored: unknown): Effect {
  const effect = storedEffect.parse(stored);
  return effect.kind === 'amount' ? { ...effect, amounts: minorOf(effect.amounts) } : effect;
}

function conditionsOf(stored: unknown): Conditions {
  const { categories, minimum, firstOrderOnly } = storedConditions.parse(stored);
  return {
    ...(categories ? { categories } : {}),
    ...(minimum ? { minimum: minorOf(minimum) } : {}),
    ...(firstOrderOnly ? { firstOrderOnly } : {}),
  };
}

function textOf(byCurrency: AmountByCurrency): Record<string, string> {
  return Object.fromEntries(Object.entries(byCurrency).map(([currency, minor]) => [currency, minor.toString()]));
}

function minorOf(byCurrency: Partial<Record<Currency, string>>): AmountByCurrency {
  return Object.fromEntries(Object.entries(byCurrency).map(([currency, minor]) => [currency, BigInt(minor)]));
}
