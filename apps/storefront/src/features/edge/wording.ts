import type { z } from 'zod';

type Def = z.core.$ZodTypeDef & {
  readonly innerType?: z.core.$ZodType;
  readonly out?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly shape?: Readonly<Record<PropertyKey, z.core.$ZodType>>;
  readonly options?: readonly z.core.$ZodType[];
  readonly valueType?: z.core.$ZodType;
  readonly check?: string;
  readonly format?: string;
  readonly checks?: readonly z.core.$ZodCheck[];
};
type CheckDef = {
  readonly check: string;
  readonly value?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly length?: number;
};
type Bounds = { readonly least?: number; readonly most?: number };

/** Of what is absent. What it wants stands behind it. */
export const required = 'is required';

/** Of a field that nobody asked for. */
export const notKnown = 'is not known here';

/**
 * What a field wants, in the words of this shop: `wants a whole number, 1 to 999`. For faults whose schema brings no sentence of its own. The
 * bounds are all that the field's schema has, not only the one that was crossed. Given to zod as the error map of one parse.
 */
export function wordingOf(root: z.core.$ZodType): z.core.$ZodErrorMap {
  return (issue) => {
    const path = issue.path ?? [];
    switch (issue.code) {
      case 'invalid_type':
        return wanted(schemaAt(root, path)) ?? (issue.input === undefined ? required : 'does not fit');
      case 'too_small':
      case 'too_big':
        return wanted(schemaAt(root, path)) ?? 'does not fit';
      case 'invalid_value':
        return `wants ${oneOf(issue.values)}`;
      case 'invalid_union':
        return Array.isArray(issue.options) ? `wants ${oneOf(issue.options as readonly z.core.util.Primitive[])}` : 'does not fit';
      case 'unrecognized_keys':
        return unknown(schemaAt(root, path));
      case 'invalid_format':
        return `wants ${formats[issue.format] ?? 'another form'}`;
      default:
        return 'does not fit';
    }
  };
}

const formats: Readonly<Record<string, string>> = {
  datetime: 'RFC 3339, e.g. 2026-12-24T18:00:00Z',
  date: 'a date, e.g. 2026-12-24',
  email: 'an e-mail address',
  url: 'a URL',
};

/** Of the fields of an object that nobody asked for; names those that are known. */
function unknown(schema: z.core.$ZodType | undefined): string {
  const known = Object.keys(schema?._zod.def.type === 'object' ? ((schema._zod.def as Def).shape ?? {}) : {});
  return known.length === 0 ? notKnown : `${notKnown}; known are ${known.join(', ')}`;
}

function oneOf(values: readonly z.core.util.Primitive[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.map(String).join(', ')}`;
}

/** The schema of the value at `path`, without what makes it optional; undefined where it is not known. */
function schemaAt(schema: z.core.$ZodType | undefined, path: readonly PropertyKey[]): z.core.$ZodType | undefined {
  if (!schema) return undefined;
  const def: Def = schema._zod.def;
  if (def.type === 'pipe') return schemaAt(def.out, path);
  if (def.innerType) return schemaAt(def.innerType, path);
  const [step, ...rest] = path;
  if (step === undefined) return schema;
  if (def.options) return def.options.map((option) => schemaAt(option, path)).find((found) => found !== undefined);
  return schemaAt(def.element ?? def.valueType ?? def.shape?.[step], rest);
}

function wanted(schema: z.core.$ZodType | undefined): string | undefined {
  if (!schema) return undefined;
  const def: Def = schema._zod.def;
  const bounds = boundsOf(def);
  switch (def.type) {
    case 'number':
      return `wants a ${isWhole(def) ? 'whole ' : ''}number${numberRange(bounds)}`;
    case 'string':
      return `wants ${formats[def.format ?? ''] ?? `text${countRange(bounds, 'character')}`}`;
    case 'array':
      return `wants a list${countRange(bounds, 'item')}`;
    case 'boolean':
      return 'wants true or false';
    case 'object':
    case 'record':
    case 'union':
      return 'wants an object';
    default:
      return undefined;
  }
}

function checksOf({ checks = [] }: Def): readonly CheckDef[] {
  return checks.map((check) => check._zod.def as CheckDef);
}

function isWhole(def: Def): boolean {
  return [def, ...checksOf(def)].some(({ check }) => check === 'number_format');
}

function boundsOf(def: Def): Bounds {
  return checksOf(def).reduce<Bounds>((bounds, { check, value, minimum, maximum, length }) => {
    if (check === 'greater_than' && value !== undefined) return { ...bounds, least: value };
    if (check === 'less_than' && value !== undefined) return { ...bounds, most: value };
    if (check === 'min_length' && minimum !== undefined) return { ...bounds, least: minimum };
    if (check === 'max_length' && maximum !== undefined) return { ...bounds, most: maximum };
    if (check === 'length_equals' && length !== undefined) return { least: length, most: length };
    return bounds;
  }, {});
}

function numberRange({ least, most }: Bounds): string {
  if (least !== undefined && most !== undefined) return `, ${least} to ${most}`;
  if (least !== undefined) return `, ${least} or more`;
  return most === undefined ? '' : `, ${most} or less`;
}

function countRange({ least, most }: Bounds, unit: string): string {
  const counted = (count: number): string => `${count} ${unit}${count === 1 ? '' : 's'}`;
  if (least !== undefined && most !== undefined) return least === most ? ` of ${counted(most)}` : ` of ${least} to ${counted(most)}`;
  if (least !== undefined) return ` of ${counted(least)} or more`;
  return most === undefined ? '' : ` of at most ${counted(most)}`;
}
