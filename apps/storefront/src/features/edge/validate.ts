import type { FieldError } from '@tandem/contracts';
import { Refusal } from '@tandem/host';
import type { z } from 'zod';
import { notKnown, required, wordingOf } from './wording.js';

/** What a part of a request is when its endpoint declares nothing for it. */
type Schema = z.ZodType;

/** How many faults one answer tells. The rest is counted: a caller can name thousands. */
const mostFaults = 50;

/** The parsed value; refuses with the fields that do not fit, 50 at most; of more, the last says how many there are. `prefix` is `` for the body, `/query` for the query. */
export function validated(schema: Schema, value: unknown, prefix: '' | '/query'): unknown {
  const fitting = schema.safeParse(value);
  if (fitting.success) return fitting.data;
  const { error = fitting.error } = schema.safeParse(value, { error: wordingOf(schema) }); // only now, since a parse that is given words is slower
  const errors = atMost(mostFaults, onePerField(error.issues.flatMap((issue) => fieldErrors(issue, value, prefix))));
  throw new Refusal('validation-failed', {
    detail: errors
      .map(({ pointer, message }) => `${pointer || 'the body'}: ${message}`)
      .join('; ')
      .slice(0, 500),
    errors,
  });
}

/** What is of the wrong type is also too small or too large: the first says enough. */
function onePerField(errors: readonly FieldError[]): readonly FieldError[] {
  const first = new Map<string, FieldError>();
  for (const error of errors) if (!first.has(error.pointer)) first.set(error.pointer, error);
  return [...first.values()];
}

function atMost(most: number, errors: readonly FieldError[]): readonly FieldError[] {
  const more = errors.length - most;
  const told = errors.slice(0, most);
  return more <= 0
    ? told
    : told.map((error, index) => (index < most - 1 ? error : { ...error, message: `${error.message}; ${more} more do not fit` }));
}

function fieldErrors(issue: z.core.$ZodIssue, value: unknown, prefix: string): readonly FieldError[] {
  const pointer = `${prefix}${pointerOf(issue.path)}`;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key, index) => ({
      pointer: `${pointer}${pointerOf([key])}`,
      code: 'unknown-field',
      message: index === 0 ? issue.message : notKnown, // the known ones are named once per object
    }));
  if (isAboutForm(issue.code) && at(value, issue.path) === undefined)
    return [{ pointer, code: 'required', message: issue.message === required ? required : `${required}: ${issue.message}` }];
  return [{ pointer, code: issue.code.replaceAll('_', '-'), message: issue.message }];
}

/** Whether a fault of this kind is all that is wrong with what is absent; a rule of several fields is not. */
function isAboutForm(code: z.core.$ZodIssue['code']): boolean {
  return code === 'invalid_type' || code === 'invalid_value' || code === 'invalid_union';
}

/** RFC 6901. */
function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, step) => (typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[step] : undefined),
    value,
  );
}
