import { z } from 'zod';
import { NewProduct } from '../schemas/admin.schema.js';
import { Checkout, NewLine } from '../schemas/cart.schema.js';
import { NewAddress } from '../schemas/common.schema.js';
import { NewRefund } from '../schemas/refund.schema.js';
import { validated } from './validate.js';

/** What a caller is told of the member `it`. */
function told(schema: z.ZodType, it: unknown): string {
  try {
    validated(z.strictObject({ it: schema }), { it }, '');
    return 'nothing';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a field that does not fit is told what it wants', () => {
  it('as a number: whole or not, and from where to where', () => {
    const quantity = z.int().min(1).max(999);
    for (const wrong of [0, 1_000, 1.5, '2', null, 1e300]) expect(told(quantity, wrong)).toBe('/it: wants a whole number, 1 to 999');
    expect(told(z.int().min(1), 0)).toBe('/it: wants a whole number, 1 or more');
    expect(told(z.number().max(1).optional(), 2)).toBe('/it: wants a number, 1 or less');
    expect(told(z.int(), true)).toBe('/it: wants a whole number');
  });

  it('as a text: how many characters', () => {
    for (const wrong of ['', ' ', 'x'.repeat(201), 5, [], {}])
      expect(told(z.string().trim().min(1).max(200), wrong)).toBe('/it: wants text of 1 to 200 characters');
    expect(told(z.string().length(2), 'abc')).toBe('/it: wants text of 2 characters');
    expect(told(z.string().max(1), 'ab')).toBe('/it: wants text of at most 1 character');
    expect(told(z.string().min(8).nullable().optional(), 'ab')).toBe('/it: wants text of 8 characters or more');
  });

  it('as a list: how many items, and what each of them wants', () => {
    const events = z.array(z.string().min(1)).min(1).max(20);
    for (const wrong of [[], 'x', Array(21).fill('x')]) expect(told(events, wrong)).toBe('/it: wants a list of 1 to 20 items');
    expect(told(events, ['a', 5])).toBe('/it/1: wants text of 1 character or more');
  });

  it('as one of few values', () => {
    expect(told(z.enum(['price', '-price']), 'name')).toBe('/it: wants one of price, -price');
    expect(told(z.literal('One-Click'), 'two')).toBe('/it: wants One-Click');
    const kinds = z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('a'), n: z.int().max(5) }),
      z.strictObject({ kind: z.literal('b') }),
    ]);
    expect(told(kinds, { kind: 'c' })).toBe('/it/kind: wants one of a, b');
    expect(told(kinds, { kind: 'a', n: 6 })).toBe('/it/n: wants a whole number, 5 or less');
    expect(told(kinds, 5)).toBe('/it: wants an object');
  });

  it('as true or false, as an object, as a map', () => {
    expect(told(z.boolean(), 'yes')).toBe('/it: wants true or false');
    expect(told(z.strictObject({}), [])).toBe('/it: wants an object');
    expect(told(z.record(z.string(), z.int().min(0)), { a: -1 })).toBe('/it/a: wants a whole number, 0 or more');
  });

  it('as an instant, a day, an address', () => {
    for (const wrong of ['soon', 5])
      expect(told(z.iso.datetime({ offset: true }), wrong)).toBe('/it: wants RFC 3339, e.g. 2026-12-24T18:00:00Z');
    expect(told(z.iso.date(), 'soon')).toBe('/it: wants a date, e.g. 2026-12-24');
    expect(told(z.email(), 'ada')).toBe('/it: wants an e-mail address');
    expect(told(z.url(), 'x')).toBe('/it: wants a URL');
    expect(told(z.string().regex(/^a/), 'x')).toBe('/it: wants another form');
  });

  it('also where there is nothing, as a field that is required', () => {
    expect(told(z.int().min(1).max(999), undefined)).toBe('/it: is required: wants a whole number, 1 to 999');
    expect(told(z.string().min(8).max(128), undefined)).toBe('/it: is required: wants text of 8 to 128 characters');
    expect(told(z.array(z.string()).min(1).max(20), undefined)).toBe('/it: is required: wants a list of 1 to 20 items');
    expect(told(z.enum(['price', '-price']), undefined)).toBe('/it: is required: wants one of price, -price');
    expect(told(NewAddress.shape.country, undefined)).toBe('/it: is required: wants an ISO 3166-1 alpha-2 code, e.g. DE');
    const kinds = z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('a') }), z.strictObject({ kind: z.literal('b') })]);
    expect(told(kinds, {})).toBe('/it/kind: is required: wants one of a, b');
    expect(told(kinds, undefined)).toBe('/it: is required: wants an object');
  });

  it('as a field that nobody asked for: which ones are known', () => {
    expect(told(z.strictObject({ url: z.string(), enabled: z.boolean() }), { url: 'x', enabled: true, active: true })).toBe(
      '/it/active: is not known here; known are url, enabled',
    );
    expect(told(z.strictObject({}).optional(), { more: 1 })).toBe('/it/more: is not known here');
    const kinds = z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('a'), n: z.int() }),
      z.strictObject({ kind: z.literal('b') }),
    ]);
    expect(told(kinds, { kind: 'b', n: 1 })).toBe('/it/n: is not known here');
  });

  it('in the schema’s own words where it has some, also behind a preprocessing', () => {
    expect(told(z.string().regex(/^a/, 'wants an a first'), 'x')).toBe('/it: wants an a first');
    const limit = z.preprocess(Number, z.int().min(1).max(100)).optional();
    expect(told(limit, 'x')).toBe('/it: wants a whole number, 1 to 100');
  });

  it('of money is told its shape, wherever a request has some', () => {
    const units = 'a whole number in the currency’s smallest unit, e.g. 1299 for 12.99 EUR';
    const fields = [
      [Checkout.shape.expectedTotal, ''],
      [NewRefund.shape.amount, ''],
      [NewProduct.shape.variants.element.shape.prices, '/0'],
    ] as const;
    for (const [schema, place] of fields) {
      const toldOf = (it: unknown): string => told(schema, place === '' ? it : [it]);
      for (const wrong of ['12.99', 12.99, null, []])
        expect(toldOf(wrong)).toBe(`/it${place}: wants { amount, currency }, amount ${units}`);
      for (const amount of ['12.99', 12.99]) expect(toldOf({ amount, currency: 'EUR' })).toBe(`/it${place}/amount: wants ${units}`);
      expect(toldOf({})).toBe(
        `/it${place}/amount: is required: wants ${units}; /it${place}/currency: is required: wants an ISO 4217 code, e.g. EUR`,
      );
      expect(toldOf({ amount: 1, currency: 978 })).toBe(`/it${place}/currency: wants an ISO 4217 code, e.g. EUR`);
    }
    expect(told(Checkout.shape.expectedTotal, undefined)).toBe(`/it: is required: wants { amount, currency }, amount ${units}`);
  });

  it('once per field, with its pointer and code as ever', () => {
    const refused = NewLine.safeParse({ variantId: 5, quantity: 0, seats: [] });
    expect(refused.success).toBe(false);
    try {
      validated(NewLine, { variantId: 5, quantity: 0, seats: [], more: 1 }, '');
    } catch (error) {
      expect(error).toMatchObject({
        problem: {
          code: 'validation-failed',
          errors: [
            { pointer: '/variantId', code: 'invalid-type', message: 'wants text of 1 to 100 characters' },
            { pointer: '/quantity', code: 'too-small', message: 'wants a whole number, 1 to 999' },
            { pointer: '/seats', code: 'too-small', message: 'wants a list of 1 to 999 items' },
            { pointer: '/more', code: 'unknown-field', message: 'is not known here; known are variantId, quantity, seats' },
          ],
        },
      });
    }
    expect.assertions(2);
  });
});
