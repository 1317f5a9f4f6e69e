import { type Refusal, invalidFields } from '@tandem/host';
import type { z } from 'zod';

/** A 400 with a pointer for each field that a schema does not take, below `under`. */
export function misfit({ issues }: z.ZodError, under: readonly string[] = []): Refusal {
  return invalidFields(issues.map(({ path, code, message }) => ({ pointer: `/${[...under, ...path].join('/')}`, code, message })));
}
