/** The part of JSON Schema that event schemas use and that is compared part by part; any other keyword is compared as it stands. */
export type JsonSchema = {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
};

/**
 * What in `after` would fail somebody who knows only `before`. A record of before must still be taken in, so nothing may be narrowed; a listener of the release before checks
 * what is written now, so no field it knows may be widened. Only a new optional field is no break.
 */
export function breaks(before: JsonSchema, after: JsonSchema | undefined, path: string): readonly string[] {
  if (!after) return [`${path} is gone`];
  const was = kindOf(before);
  const is = kindOf(after);
  if (was !== is) return [`${path} was ${was}, is ${is}`];
  const fields = Object.entries(before.properties ?? {}).flatMap(([name, field]) =>
    breaks(field, after.properties?.[name], `${path}.${name}`),
  );
  const items = before.items ? breaks(before.items, after.items, `${path}[]`) : [];
  const branches = (before.anyOf ?? []).flatMap((branch, n) => breaks(branch, after.anyOf?.[n], path));
  return [
    ...fields,
    ...items,
    ...branches,
    ...obligations(before, after, path),
    ...values(before, after, path),
    ...limits(before, after, path),
  ];
}

/** True for a break that harms listeners of the release before alone, and them only once a producer writes the value: those who listen can go first. */
export const isNewValue = (found: string): boolean => / allows \S+ now: /.test(found);

const refusedByListeners = 'listeners of the release before refuse what is written now';
const refusedRecords = 'records of before are refused now';

function obligations(before: JsonSchema, after: JsonSchema, path: string): readonly string[] {
  const required = (schema: JsonSchema): readonly string[] => schema.required ?? [];
  const added = required(after)
    .filter((name) => !required(before).includes(name))
    .map((name) => `${path}.${name} must be there now`);
  const dropped = required(before)
    .filter((name) => !required(after).includes(name) && after.properties?.[name])
    .map((name) => `${path}.${name} may be missing now`);
  return [...added, ...dropped];
}

function values(before: JsonSchema, after: JsonSchema, path: string): readonly string[] {
  const was = before.enum;
  const is = after.enum;
  if (!was) return is ? [`${path} allows only ${is.map(String).join(', ')} now: ${refusedRecords}`] : [];
  if (!is) return [`${path} allows any value now: ${refusedByListeners}`];
  return [
    ...was.filter((value) => !is.includes(value)).map((value) => `${path} no longer allows ${String(value)}`),
    ...is.filter((value) => !was.includes(value)).map((value) => `${path} allows ${String(value)} now: ${refusedByListeners}`),
  ];
}

const comparedByPart = ['type', 'properties', 'required', 'items', 'anyOf', 'enum'];
const onlyForReaders = ['$schema', 'title', 'description', 'examples', 'deprecated'];
const lowerBounds = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems'];
const upperBounds = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems'];

/** Bounds, patterns, formats, constants and whatever else a schema demands of a value. */
function limits(before: JsonSchema, after: JsonSchema, path: string): readonly string[] {
  const [was, is] = [before, after] as readonly Readonly<Record<string, unknown>>[] as [Demands, Demands];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((keyword) => !comparedByPart.includes(keyword) && !onlyForReaders.includes(keyword))
    .filter((keyword) => JSON.stringify(was[keyword]) !== JSON.stringify(is[keyword]))
    .map(
      (keyword) =>
        `${path} had ${demand(keyword, was[keyword])}, has ${demand(keyword, is[keyword])}: ${harmOf(keyword, was[keyword], is[keyword])}`,
    );
}

type Demands = Readonly<Record<string, unknown>>;

const demand = (keyword: string, value: unknown): string => (value === undefined ? `no ${keyword}` : `${keyword} ${JSON.stringify(value)}`);

/** Who is harmed. Whether one pattern takes in all that another does is not decided: either may be. */
function harmOf(keyword: string, was: unknown, is: unknown): string {
  if (was === undefined) return refusedRecords;
  if (is === undefined) return refusedByListeners;
  const isHigher = Number(is) > Number(was);
  if (lowerBounds.includes(keyword)) return isHigher ? refusedRecords : refusedByListeners;
  if (upperBounds.includes(keyword)) return isHigher ? refusedByListeners : refusedRecords;
  return `${refusedRecords}, or ${refusedByListeners}`;
}

function kindOf(schema: JsonSchema): string {
  if (schema.anyOf) return schema.anyOf.map(kindOf).join(' or ');
  return String(schema.type ?? 'any');
}
