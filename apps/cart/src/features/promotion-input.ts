import type { cartV1 } from '@tandem/contracts';
import { currencies, type Currency } from '@tandem/kernel';
import { z } from 'zod';
import type { AmountByCurrency, Conditions, Effect } from '../domain/pricing/promotion.js';
import type { PromotionInput } from './keep-promotions.js';
import { misfit } from './misfit.js';

const most = 1_000_000_000_000n;
const Amount = z.object({
  amount: z
    .string()
    .regex(/^\d{1,13}$/, 'wants whole minor units')
    .transform(BigInt)
    .refine((minor) => minor >= 1n && minor <= most, `must be 1 to ${most}`),
  currency: z.enum(currencies as [Currency, ...Currency[]]),
});
const Amounts = z
  .array(Amount)
  .refine((amounts) => new Set(amounts.map(({ currency }) => currency)).size === amounts.length, 'must not name a currency twice')
  .transform((amounts): AmountByCurrency => Object.fromEntries(amounts.map(({ currency, amount }) => [currency, amount])));
const units = z.int().min(1).max(999);

const EffectInput = z.discriminatedUnion('kind', [
  z
    .object({ kind: z.literal('percentage'), basisPoints: z.int().min(1).max(10_000) })
    .transform(({ kind, basisPoints }): Effect => ({ kind, rate: basisPoints * 100 })),
  z.object({ kind: z.literal('amount'), amounts: Amounts.refine((amounts) => Object.keys(amounts).length > 0, 'wants an amount') }),
  z.object({ kind: z.literal('buy-x-get-y'), buy: units, get: units }),
  z.object({ kind: z.literal('free-shipping') }),
]);
const ConditionsInput = z
  .object({ categories: z.array(z.string().min(1).max(100)).max(100), minimum: Amounts, firstOrderOnly: z.boolean() })
  .transform(({ categories, minimum, firstOrderOnly }): Conditions => ({
    ...(categories.length > 0 ? { categories } : {}),
    ...(Object.keys(minimum).length > 0 ? { minimum } : {}),
    ...(firstOrderOnly ? { firstOrderOnly } : {}),
  }));
const instant = z.iso
  .datetime({ offset: true, error: 'wants RFC 3339, e.g. 2026-12-24T18:00:00Z' })
  .transform((text) => new Date(text))
  .optional()
  .transform((date) => date ?? null);
const limit = z
  .int()
  .min(1)
  .max(1_000_000_000)
  .optional()
  .transform((count) => count ?? null);

const Terms = z
  .object({
    code: z
      .string()
      .transform((text) => text.trim().toUpperCase())
      .refine((text) => /^[A-Z0-9][A-Z0-9_-]{1,39}$/.test(text), 'wants 2 to 40 letters, digits, hyphens or underscores'),
    title: z.string().trim().min(1).max(200),
    effect: EffectInput,
    conditions: ConditionsInput.optional().transform((conditions) => conditions ?? {}),
    startsAt: instant,
    endsAt: instant,
    usageLimit: limit,
    customerLimit: limit,
    isActive: z.boolean(),
  })
  .refine(({ startsAt, endsAt }) => startsAt === null || endsAt === null || startsAt < endsAt, {
    path: ['endsAt'],
    message: 'must be after the start',
  });

/** A promotion as staff may say it. Refuses with a pointer for each field that does not fit. */
export function promotionInput(terms: cartV1.PromotionTerms): PromotionInput {
  const parsed = Terms.safeParse(terms);
  if (parsed.success) return parsed.data;
  throw misfit(parsed.error);
}
