import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { eventSchemas, events } from './all.js';
import type { JsonSchema } from './breaks.js';
import { type EventSchemas, listenersFirst } from './released.js';

type Shape = Readonly<Record<string, unknown>>;
type Corpus = Readonly<Record<string, readonly Shape[]>>;
const read = (file: string): unknown => JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'));

/** Every shape of every event that was ever published. Only ever added to: what a producer once wrote stands in logs and parking tables for years. */
const corpus = read('corpus.json') as Corpus;
const released = read('released/events.json') as EventSchemas;
const schemaOf = (type: string) => events.find((event) => event.type === type)?.schema;
const all = Object.entries(corpus).flatMap(([type, shapes]) => shapes.map((shape) => ({ type, shape })));

/** Paths of a value with what stands there, without indices. */
function placesOf(value: unknown, path = ''): readonly (readonly [string, unknown])[] {
  if (Array.isArray(value)) return [[path, value], ...value.flatMap((item) => placesOf(item, `${path}[]`))];
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return [[path, value], ...Object.entries(value).flatMap(([name, inner]) => placesOf(inner, `${path}.${name}`))];
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

/** Of a value, the fields at the paths that a schema knows. */
function knownOf(value: unknown, fields: ReadonlySet<string>, path = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => knownOf(item, fields, `${path}[]`));
  if (typeof value !== 'object' || value === null) return value;
  const known = Object.entries(value).filter(([name]) => fields.has(`${path}.${name}`));
  return Object.fromEntries(known.map(([name, inner]) => [name, knownOf(inner, fields, `${path}.${name}`)]));
}

/** A release, as what it knows of events and what it reads. It lets fields go that it does not know. */
type Release = { readonly schemas: EventSchemas; readonly reads: (type: string, record: unknown) => boolean };

const releaseOf = (schemas: EventSchemas): Release => ({
  schemas,
  reads: (type, record) => z.fromJSONSchema(schemas[type] as Parameters<typeof z.fromJSONSchema>[0]).safeParse(record).success,
});
const lastRelease = releaseOf(released);
const now: Release = {
  schemas: eventSchemas() as EventSchemas,
  reads: (type, record) => schemaOf(type)?.safeParse(record).success === true,
};

type Written = { readonly type: string; readonly record: unknown };

/** What the producers of a release write: of every shape what they know of it, where they could write it at all. */
function writtenBy({ schemas, reads }: Release, shapes: Corpus): readonly Written[] {
  return Object.entries(schemas).flatMap(([type, schema]) => {
    const fields = new Set(fieldsOf(schema));
    return (shapes[type] ?? []).map((shape) => ({ type, record: knownOf(shape, fields) })).filter(({ record }) => reads(type, record));
  });
}

const holdsNewValue = ({ type, record }: Written): boolean =>
  placesOf(record, type).some(([path, value]) => listenersFirst.some((found) => found.startsWith(`${path} allows ${String(value)} now: `)));

/** Which producers write what which consumers cannot read, of N−1, N and N+1. A new type is passed over by who does not know it; a new value waits for its listeners. */
function misunderstood(before: Release, after: Release, shapes: Corpus = corpus): readonly string[] {
  const ofNow = writtenBy(after, shapes);
  const producers = {
    'N−1': writtenBy(before, shapes),
    N: ofNow,
    'N+1': ofNow.map(({ type, record }) => ({ type, record: withMore(record) })),
  };
  const failing = Object.entries(producers).flatMap(([producer, written]) =>
    written.flatMap(({ type, record }) => [
      ...(after.reads(type, record) ? [] : [`${type} of ${producer} is refused by N`]),
      ...(!before.schemas[type] || holdsNewValue({ type, record }) || before.reads(type, record)
        ? []
        : [`${type} of ${producer} is refused by N−1`]),
    ]),
  );
  return [...new Set(failing)];
}

describe('the golden corpus', () => {
  it('holds every event, and every field of each in at least one shape', () => {
    const missing = events.flatMap(({ type }) => {
      const seen = new Set((corpus[type] ?? []).flatMap((shape) => placesOf(shape)).map(([path]) => path));
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
});

describe('producers of the last release, this one and the next', () => {
  it('are read by the consumers of the last release and of this one', () => {
    expect(misunderstood(lastRelease, now)).toEqual([]);
  });

  it('each write every event they know', () => {
    const typesOf = (release: Release): readonly string[] => [...new Set(writtenBy(release, corpus).map(({ type }) => type))];
    expect(typesOf(lastRelease)).toEqual(Object.keys(released));
    expect(typesOf(now)).toEqual(Object.keys(now.schemas));
  });

  type Open = Record<string, { properties: Record<string, object>; required: string[] }>;
  const type = 'order.delivered.v1';
  const changed = (change: (event: Open[string]) => void): Release => {
    const schemas = structuredClone(now.schemas) as unknown as Open;
    if (schemas[type]) change(schemas[type]);
    return releaseOf(schemas as unknown as EventSchemas);
  };
  const italian = { ...corpus, [type]: (corpus[type] ?? []).map((shape) => ({ ...shape, locale: 'it', note: 'a' })) };

  it.each<[string, Release, Corpus, string[]]>([
    [
      'a field that must be there now',
      changed((event) => {
        Object.assign(event.properties, { note: { type: 'string' } });
        event.required.push('note');
      }),
      corpus,
      [`${type} of N−1 is refused by N`],
    ],
    [
      'a field that is gone',
      changed((event) => {
        delete event.properties['email'];
        event.required = event.required.filter((name) => name !== 'email');
      }),
      corpus,
      [`${type} of N is refused by N−1`, `${type} of N+1 is refused by N−1`],
    ],
    [
      'a value that listeners do not know',
      changed(({ properties }) => Object.assign(properties, { locale: { type: 'string', enum: ['de', 'en', 'fr', 'it'] } })),
      italian,
      [`${type} of N is refused by N−1`, `${type} of N+1 is refused by N−1`],
    ],
    ['a new optional field', changed(({ properties }) => Object.assign(properties, { note: { type: 'string' } })), corpus, []],
  ])('do not understand each other over %s, if it breaks', (_what, after, shapes, found) => {
    expect(misunderstood(lastRelease, after, shapes)).toEqual(found);
  });
});
