import { problems } from '@tandem/contracts';
import { z } from 'zod';

/** What every refusal is answered with; some carry more members, e.g. `lines` of `out-of-stock`. Source: RFC 9457. */
export const Problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    code: z.enum(Object.keys(problems) as [string, ...string[]]).describe('Stable; what clients decide by'),
    errors: z
      .array(
        z.object({
          pointer: z.string().describe('RFC 6901, into the body, or /query/…, /header/…'),
          code: z.string(),
          message: z.string(),
        }),
      )
      .optional(),
    requestId: z.string(),
    retryable: z.boolean().describe('The same request may succeed later'),
  })
  .meta({ id: 'Problem' });
