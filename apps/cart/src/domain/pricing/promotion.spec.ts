import { money } from '@tandem/kernel';
import { type Conditions, type Effect, type Goods, judge, type Offer, type Promotion } from './promotion.js';

const now = new Date('2026-05-05T12:00:00Z');
const promotion = (effect: Effect, conditions: Conditions = {}): Promotion => ({
  id: 'p',
  code: 'CODE',
  title: 'A promotion',
  effect,
  conditions,
  startsAt: null,
  endsAt: null,
  usageLimit: null,
  customerLimit: null,
  isActive: true,
});
const offer = (effect: Effect, conditions: Conditions = {}, change: Partial<Promotion> & Partial<Omit<Offer, 'promotion'>> = {}): Offer => {
  const { used = 0, usedByOwner = 0, hasOrdered = false, now: at = now, ...changes } = change;
  return { promotion: { ...promotion(effect, conditions), ...changes }, now: at, used, usedByOwner, hasOrdered };
};
const goods = (id: string, minor: bigint, quantity: number, category = 'home'): Goods => ({
  id,
  category,
  quantity,
  unitPrice: money(minor, 'EUR'),
  total: money(minor * BigInt(quantity), 'EUR'),
});
const tenPercent: Effect = { kind: 'percentage', rate: 100_000 };
const basket = [goods('a', 1_999n, 2), goods('b', 333n, 1, 'food')];

const discountsOf = (made: Offer, of: readonly Goods[] = basket) => {
  const judgement = judge(made, of, 'EUR');
  return judgement.kind === 'applies' ? Object.fromEntries(judgement.discounts) : judgement.because;
};

describe('a promotion', () => {
  it('takes a percentage off, rounded once over all, by line to the cent', () => {
    expect(discountsOf(offer(tenPercent))).toEqual({ a: 400n, b: 33n });
  });

  it('takes an amount off, never more than the goods cost', () => {
    expect(discountsOf(offer({ kind: 'amount', amounts: { EUR: 500n } }))).toEqual({ a: 462n, b: 38n });
    expect(discountsOf(offer({ kind: 'amount', amounts: { EUR: 99_999n } }))).toEqual({ a: 3_998n, b: 333n });
  });

  it('gives the cheapest units away for each whole set', () => {
    const threeForTwo: Effect = { kind: 'buy-x-get-y', buy: 2, get: 1 };
    expect(discountsOf(offer(threeForTwo))).toEqual({ a: 0n, b: 333n });
    expect(discountsOf(offer(threeForTwo), [goods('a', 1_999n, 5), goods('b', 333n, 1)])).toEqual({ a: 1_999n, b: 333n });
    expect(discountsOf(offer(threeForTwo), [goods('a', 1_999n, 2)])).toEqual({ a: 0n });
  });

  it('can pay for shipping instead', () => {
    expect(judge(offer({ kind: 'free-shipping' }), basket, 'EUR')).toEqual({ kind: 'applies', discounts: new Map(), shipsFree: true });
  });

  it('is only for the categories it names, in discount and minimum', () => {
    expect(discountsOf(offer(tenPercent, { categories: ['food'] }))).toEqual({ b: 33n });
    expect(discountsOf(offer(tenPercent, { categories: ['food'], minimum: { EUR: 334n } }))).toBe('minimum-not-reached');
    expect(discountsOf(offer(tenPercent, { categories: ['toys'] }))).toBe('nothing-eligible');
  });

  it('wants its minimum in the currency of the cart', () => {
    expect(discountsOf(offer(tenPercent, { minimum: { EUR: 4_331n } }))).toEqual({ a: 400n, b: 33n });
    expect(discountsOf(offer(tenPercent, { minimum: { EUR: 4_332n } }))).toBe('minimum-not-reached');
    expect(discountsOf(offer(tenPercent, { minimum: { USD: 1n } }))).toBe('not-in-this-currency');
    expect(discountsOf(offer({ kind: 'amount', amounts: { JPY: 1n } }))).toBe('not-in-this-currency');
  });

  it('runs from its start up to its end, and while it is active', () => {
    expect(discountsOf(offer(tenPercent, {}, { startsAt: now, endsAt: new Date(now.getTime() + 1) }))).toEqual({ a: 400n, b: 33n });
    expect(discountsOf(offer(tenPercent, {}, { startsAt: new Date(now.getTime() + 1) }))).toBe('not-started');
    expect(discountsOf(offer(tenPercent, {}, { endsAt: now }))).toBe('ended');
    expect(discountsOf(offer(tenPercent, {}, { isActive: false }))).toBe('ended');
  });

  it('is used up, in all or by this customer, and may be for a first order only', () => {
    expect(discountsOf(offer(tenPercent, {}, { usageLimit: 5, used: 5 }))).toBe('used-up');
    expect(discountsOf(offer(tenPercent, {}, { customerLimit: 1, usedByOwner: 1 }))).toBe('used-up');
    expect(discountsOf(offer(tenPercent, { firstOrderOnly: true }, { hasOrdered: true }))).toBe('first-order-only');
  });
});
