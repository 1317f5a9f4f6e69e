import { readFileSync } from 'node:fs';
import { eventSchemas, events } from './all.js';
import { breaks, type JsonSchema } from './breaks.js';

const snapshot = new URL('../../events.snapshot.json', import.meta.url);

describe('the events', () => {
  it('are changed additively only: a break is a new version published side by side', () => {
    const published = JSON.parse(readFileSync(snapshot, 'utf8')) as Record<string, JsonSchema>;
    expect(
      Object.entries(published).flatMap(([type, before]) => breaks(before, eventSchemas()[type] as JsonSchema | undefined, type)),
    ).toEqual([]);
  });

  it('are all in the snapshot (npm run reference takes a new one after an addition)', () => {
    expect(JSON.parse(readFileSync(snapshot, 'utf8'))).toEqual(JSON.parse(JSON.stringify(eventSchemas())));
  });

  it('have one definition per type, on the topic of their aggregate', () => {
    expect(new Set(events.map(({ type }) => type)).size).toBe(events.length);
  });
});

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

  it('planted in a published event is found', () => {
    const published = JSON.parse(readFileSync(snapshot, 'utf8')) as Record<string, JsonSchema>;
    const now = structuredClone(published['order.confirmed.v1']) as { properties: Record<string, object>; required: string[] };
    delete now.properties['email'];
    now.required.push('taxNumber');
    now.properties['number'] = { type: 'integer' };
    expect(breaks(published['order.confirmed.v1'] as JsonSchema, now, 'order.confirmed.v1')).toEqual(
      expect.arrayContaining([
        'order.confirmed.v1.email is gone',
        'order.confirmed.v1.number was string, is integer',
        'order.confirmed.v1.taxNumber must be there now',
      ]),
    );
  });

  it('is not a new optional field', () => {
    expect(breaks(before, { ...before, properties: { ...before.properties, more: { type: 'string' } } }, 'x')).toEqual([]);
  });
});
