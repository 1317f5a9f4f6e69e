import type { FieldError } from '@tandem/contracts';
import { Refusal } from '@tandem/host';
import type { z } from 'zod';
import { required, wordingOf } from './wording.js';

/** What a part of a request is when its endpoint declares nothing for it. */
type Schema = z.ZodType;

/** The parsed value; refuses with every field that does not fit. `prefix` is `` for the body, `/query` for the query. */
export function validated(schema: Schema, value: unknown, prefix: '' | '/query'): unknown {
  const fitting = schema.safeParse(value);
  if (fitting.success) return fitting.data;
  const { error = fitting.error } = schema.safeParse(value, { error: wordingOf(schema) }); // only now, since a parse that is given words is slower
  const errors = onePerField(error.issues.flatMap((issue) => fieldErrors(issue, value, prefix)));
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
  return errors.filter(({ pointer }, index) => errors.findIndex((other) => other.pointer === pointer) === index);
}

function fieldErrors(issue: z.core.$ZodIssue, value: unknown, prefix: string): readonly FieldError[] {
  const pointer = `${prefix}${pointerOf(issue.path)}`;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ pointer: `${pointer}${pointerOf([key])}`, code: 'unknown-field', message: issue.message }));
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
