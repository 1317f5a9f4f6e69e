import type { cartV1 } from '@tandem/contracts';
import { z } from 'zod';
import { Amount, formed, line, listOf, Money, moneyFrom, moneyTo, present } from './common.schema.js';

const units = z.int().min(1).max(999);
const code = formed(/^[A-Za-z0-9][A-Za-z0-9_-]{1,39}$/, 'wants 2 to 40 letters, digits, hyphens or underscores');
const limit = z.int().min(1).max(1_000_000_000).nullable().optional();
const instant = z.iso.datetime({ offset: true, error: 'wants RFC 3339, e.g. 2026-12-24T18:00:00Z' }).nullable().optional();

const percentage = z.strictObject({ kind: z.literal('percentage'), basisPoints: z.int().min(1).max(10_000).describe('1000 = 10 %') });
const buyXGetY = z.strictObject({
  kind: z.literal('buy-x-get-y'),
  buy: units,
  get: units.describe('The cheapest so many of each `buy` + `get` units are free'),
});
const freeShipping = z.strictObject({ kind: z.literal('free-shipping') });
const amounts = z.array(Amount).min(1).max(20).describe('One per currency');

const NewEffect = z.discriminatedUnion('kind', [
  percentage,
  z.strictObject({ kind: z.literal('amount'), amounts }),
  buyXGetY,
  freeShipping,
]);
const NewConditions = z
  .strictObject({
    categories: z.array(z.string().min(1).max(100)).max(100).optional().describe('Slugs: only these goods count and get cheaper'),
    minimum: z.array(Amount).max(20).optional().describe('Worth of the goods it is for, one per currency; in others it does not apply'),
    firstOrderOnly: z.boolean().optional(),
  })
  .meta({ id: 'NewPromotionConditions' });

const terms = {
  title: line(200),
  effect: NewEffect,
  conditions: NewConditions.optional(),
  startsAt: instant,
  endsAt: instant,
  usageLimit: limit.describe('Orders that may use it, in all'),
  customerLimit: limit.describe('Orders of one customer that may use it'),
  isActive: z.boolean().optional().describe('Default true'),
};
export const NewPromotion = z.strictObject({ code, ...terms }).meta({ id: 'NewPromotion' });
/** The whole of a promotion but its code; what is left out is not limited. */
export const PromotionChange = z.strictObject(terms).meta({ id: 'PromotionChange' });

const Effect = z.discriminatedUnion('kind', [
  percentage,
  z.object({ kind: z.literal('amount'), amounts: z.array(Money) }),
  buyXGetY,
  freeShipping,
]);
export const Promotion = z
  .object({
    code: z.string(),
    title: z.string(),
    effect: Effect,
    conditions: z.object({
      categories: z.array(z.string()).optional(),
      minimum: z.array(Money).optional(),
      firstOrderOnly: z.boolean().optional(),
    }),
    startsAt: z.string().optional(),
    endsAt: z.string().optional(),
    usageLimit: z.int().optional(),
    customerLimit: z.int().optional(),
    isActive: z.boolean(),
    used: z.int().describe('Orders that use it now'),
    createdAt: z.string(),
  })
  .meta({ id: 'Promotion' });
export const Promotions = listOf(Promotion, 'Promotions');

/** A promotion as the cart service takes it. */
export function termsTo(promotionCode: string, change: z.infer<typeof PromotionChange>): cartV1.PromotionTerms {
  const { title, effect, conditions = {}, startsAt, endsAt, usageLimit, customerLimit, isActive = true } = change;
  const { categories = [], minimum = [], firstOrderOnly = false } = conditions;
  return {
    code: promotionCode,
    title,
    isActive,
    effect: effectTo(effect),
    conditions: { categories, minimum: minimum.map(moneyTo), firstOrderOnly },
    ...present({
      startsAt: startsAt ?? undefined,
      endsAt: endsAt ?? undefined,
      usageLimit: usageLimit ?? undefined,
      customerLimit: customerLimit ?? undefined,
    }),
  };
}

function effectTo(effect: z.infer<typeof NewEffect>): cartV1.PromotionEffect {
  const { kind } = effect;
  return {
    kind,
    basisPoints: kind === 'percentage' ? effect.basisPoints : 0,
    amounts: kind === 'amount' ? effect.amounts.map(moneyTo) : [],
    buy: kind === 'buy-x-get-y' ? effect.buy : 0,
    get: kind === 'buy-x-get-y' ? effect.get : 0,
  };
}

export function promotionFrom({ terms: told, used, createdAt }: cartV1.Promotion): z.infer<typeof Promotion> {
  if (!told) throw new TypeError('the cart service left out what a promotion is');
  const { code: name, title, effect, conditions, startsAt, endsAt, usageLimit, customerLimit, isActive } = told;
  const { categories = [], minimum = [], firstOrderOnly = false } = conditions ?? {};
  return {
    code: name,
    title,
    effect: effectFrom(effect),
    conditions: present({
      categories: categories.length > 0 ? categories : undefined,
      minimum: minimum.length > 0 ? minimum.map(moneyFrom) : undefined,
      firstOrderOnly: firstOrderOnly || undefined,
    }),
    ...present({ startsAt, endsAt, usageLimit, customerLimit }),
    isActive,
    used,
    createdAt,
  };
}

function effectFrom(effect: cartV1.PromotionEffect | undefined): z.infer<typeof Effect> {
  const { kind = '', basisPoints = 0, amounts: off = [], buy = 0, get = 0 } = effect ?? {};
  switch (kind) {
    case 'percentage':
      return { kind, basisPoints };
    case 'amount':
      return { kind, amounts: off.map(moneyFrom) };
    case 'buy-x-get-y':
      return { kind, buy, get };
    case 'free-shipping':
      return { kind };
    default:
      throw new TypeError(`the cart service tells of an effect that is not known here: ${kind}`);
  }
}
