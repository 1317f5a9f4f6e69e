import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { eventSchemas, events } from './all.js';
import { type JsonSchema, breaks } from './breaks.js';
import { type EventSchemas, breaksOfRelease, listenersFirst } from './released.js';

const released = JSON.parse(readFileSync(new URL('../../released/events.json', import.meta.url), 'utf8')) as EventSchemas;

describe('the events', () => {
  it('are changed additively only since the last release: a break is a new version published side by side', () => {
    expect(breaksOfRelease(released)).toEqual([]);
  });

  it('excuse no new value that there is not, or that is released (listeners-first is emptied with a release)', () => {
    const all = breaksOfRelease(released, eventSchemas() as EventSchemas, []);
    expect(listenersFirst.filter((value) => !all.includes(value))).toEqual([]);
  });

  it('have one definition per type, on the topic of their aggregate', () => {
    expect(new Set(events.map(({ type }) => type)).size).toBe(events.length);
  });
});

const schemaOf = (type: z.ZodType): JsonSchema => z.toJSONSchema(type, { io: 'input' }) as JsonSchema;
const listeners = 'listeners of the release before refuse what is written now';
const records = 'records of before are refused now';

describe('a break', () => {
  const before: JsonSchema = { type: 'object', properties: { id: { type: 'string' }, note: { type: 'string' } }, required: ['id'] };

  it.each<[string, JsonSchema | undefined, string[]]>([
    ['a removed event', undefined, ['x is gone']],
    ['a removed field', { ...before, properties: { id: { type: 'string' } } }, ['x.note is gone']],
    ['another type', { ...before, properties: { ...before.properties, id: { type: 'integer' } } }, ['x.id was string, is integer']],
    ['a field that must be there now', { ...before, required: ['id', 'note'] }, ['x.note must be there now']],
    ['a field that may be missing now', { ...before, required: [] }, ['x.id may be missing now']],
  ])('is %s', (_what, after, found) => {
    expect(breaks(before, after, 'x')).toEqual(found);
  });

  it.each<[string, z.ZodType, z.ZodType, string[]]>([
    ['one more value', z.enum(['a']), z.enum(['a', 'b']), [`x allows b now: ${listeners}`]],
    ['one value less', z.enum(['a', 'b']), z.enum(['a']), ['x no longer allows b']],
    ['any text for some values', z.enum(['a']), z.string(), [`x allows any value now: ${listeners}`]],
    ['some values for any text', z.string(), z.enum(['a', 'b']), [`x allows only a, b now: ${records}`]],
    ['another constant', z.literal('a'), z.literal('b'), [`x had const "a", has const "b": ${records}, or ${listeners}`]],
    ['a lower bound that is lifted', z.number().min(0), z.number(), [`x had minimum 0, has no minimum: ${listeners}`]],
    ['a lower bound that falls', z.number().min(0), z.number().min(-1), [`x had minimum 0, has minimum -1: ${listeners}`]],
    ['a lower bound that rises', z.number().min(0), z.number().min(1), [`x had minimum 0, has minimum 1: ${records}`]],
    ['an upper bound that rises', z.string().max(3), z.string().max(4), [`x had maxLength 3, has maxLength 4: ${listeners}`]],
    ['an upper bound that is new', z.array(z.null()), z.array(z.null()).max(2), [`x had no maxItems, has maxItems 2: ${records}`]],
    ['a new pattern', z.string(), z.string().regex(/^a/), [`x had no pattern, has pattern "^a": ${records}`]],
    ['no pattern', z.string().regex(/^a/), z.string(), [`x had pattern "^a", has no pattern: ${listeners}`]],
    [
      'another pattern, which may be either',
      z.string().regex(/^a/),
      z.string().regex(/^b/),
      [`x had pattern "^a", has pattern "^b": ${records}, or ${listeners}`],
    ],
    ['a new demand within what may be null', z.int().nullable(), z.int().min(1).nullable(), [expect.stringContaining('has minimum 1')]],
    ['a field that is gone from what may be null', z.object({ a: z.string() }).nullable(), z.object({}).nullable(), ['x.a is gone']],
    [
      'a refusal of fields nobody knows',
      z.object({}),
      z.strictObject({}),
      [`x had no additionalProperties, has additionalProperties false: ${records}`],
    ],
  ])('is %s', (_what, was, is, found) => {
    expect(breaks(schemaOf(was), schemaOf(is), 'x')).toEqual(found);
  });

  it('planted in a published event is found, whatever is excused', () => {
    const now = structuredClone(released) as Record<string, { properties: Record<string, object>; required: string[] }>;
    const event = now['order.confirmed.v1'];
    delete event?.properties['email'];
    event?.required.push('taxNumber');
    Object.assign(event?.properties ?? {}, { number: { type: 'integer' }, locale: { type: 'string', enum: ['de', 'en', 'fr', 'it'] } });
    const found = [
      'order.confirmed.v1.number was string, is integer',
      'order.confirmed.v1.email is gone',
      `order.confirmed.v1.locale allows it now: ${listeners}`,
      'order.confirmed.v1.taxNumber must be there now',
    ];
    expect([...breaksOfRelease(released, now as EventSchemas)].sort()).toEqual([...found].sort());
    expect([...breaksOfRelease(released, now as EventSchemas, found)].sort()).toEqual(
      [...found].filter((each) => !/locale/.test(each)).sort(),
    );
  });

  it('is not a new optional field, nor other words about one', () => {
    const described = { description: 'what it is' } as JsonSchema;
    const after = { ...before, properties: { ...before.properties, note: { ...described, type: 'string' }, more: { type: 'string' } } };
    expect(breaks(before, after, 'x')).toEqual([]);
  });
});
