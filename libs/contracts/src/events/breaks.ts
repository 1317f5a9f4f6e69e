/** The part of JSON Schema that event schemas use. */
export type JsonSchema = {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
};

/** What in `after` would fail a consumer or a stored record of `before`: removed or retyped fields, changed obligations, fewer allowed values. */
export function breaks(before: JsonSchema, after: JsonSchema | undefined, path: string): readonly string[] {
  if (!after) return [`${path} is gone`];
  const was = kindOf(before);
  const is = kindOf(after);
  if (was !== is) return [`${path} was ${was}, is ${is}`];
  const fields = Object.entries(before.properties ?? {}).flatMap(([name, field]) =>
    breaks(field, after.properties?.[name], `${path}.${name}`),
  );
  const items = before.items ? breaks(before.items, after.items, `${path}[]`) : [];
  return [...fields, ...items, ...obligations(before, after, path), ...lostValues(before, after, path)];
}

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

function lostValues(before: JsonSchema, after: JsonSchema, path: string): readonly string[] {
  return (before.enum ?? []).filter((value) => !after.enum?.includes(value)).map((value) => `${path} no longer allows ${String(value)}`);
}

function kindOf(schema: JsonSchema): string {
  if (schema.anyOf) return schema.anyOf.map(kindOf).join(' or ');
  return String(schema.type ?? 'any');
}
