import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { eventSchemas, events } from './all.js';
import type { JsonSchema } from './breaks.js';

type Shape = Readonly<Record<string, unknown>>;
const read = (file: string): unknown => JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'));

/** Every shape of every event that was ever published. Only ever added to: what a producer once wrote stands in logs and parking tables for years. */
const corpus = read('corpus.json') as Readonly<Record<string, readonly Shape[]>>;
const published = read('events.snapshot.json') as Readonly<Record<string, Parameters<typeof z.fromJSONSchema>[0]>>;
const schemaOf = (type: string) => events.find((event) => event.type === type)?.schema;
const all = Object.entries(corpus).flatMap(([type, shapes]) => shapes.map((shape, n) => ({ type, n, shape })));

/** Paths of a value, without indices. */
function pathsOf(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((item) => pathsOf(item, `${path}[]`))];
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, `${path}.${name}`))];
}

/** Paths of every field a schema knows. */
function fieldsOf(schema: JsonSchema, path = ''): readonly string[] {
  return [
    ...(schema.anyOf ?? []).flatMap((branch) => fieldsOf(branch, path)),
    ...(schema.items ? fieldsOf(schema.items, `${path}[]`) : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [`${path}.${name}`, ...fieldsOf(field, `${path}.${name}`)]),
  ];
}

/** What the next version of a producer may add: a field at the top, one in every object. */
function withMore(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMore);
  if (typeof value !== 'object' || value === null) return value;
  return {
    ...Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withMore(inner)])),
    addedLater: { by: 'the next version' },
  };
}

describe('the golden corpus', () => {
  it('holds every event, and every field of each in at least one shape', () => {
    const missing = events.flatMap(({ type }) => {
      const seen = new Set((corpus[type] ?? []).flatMap((shape) => pathsOf(shape)));
      return [...new Set(fieldsOf(eventSchemas()[type] as JsonSchema))]
        .filter((field) => !seen.has(field))
        .map((field) => `${type}${field}`);
    });
    expect(missing).toEqual([]);
    expect(Object.keys(corpus).filter((type) => !schemaOf(type))).toEqual([]);
  });

  it('is read by the consumers of now, and nothing of it is lost', () => {
    for (const { type, shape } of all) expect(schemaOf(type)?.parse(shape)).toEqual(shape);
  });

  it('of the next producer, with fields nobody knows yet, is read by the consumers of now as if they were not there', () => {
    for (const { type, shape } of all) expect(schemaOf(type)?.parse(withMore(shape))).toEqual(shape);
  });

  it('is read by the consumers of the last release: whatever a producer may write now fits what was published', () => {
    for (const { type, shape } of all) {
      const before = published[type];
      const consumer = before === undefined ? schemaOf(type) : tolerant(before);
      expect({ type, ...consumer?.safeParse(withMore(shape)) }).toMatchObject({ type, success: true });
    }
  });
});

/** A consumer of that release: it takes what it knows and lets the rest go. */
function tolerant(schema: Parameters<typeof z.fromJSONSchema>[0]): z.ZodType {
  const open = JSON.parse(
    JSON.stringify(schema, (name, value: unknown) => (name === 'additionalProperties' ? undefined : value)),
  ) as typeof schema;
  return z.fromJSONSchema(open);
}
