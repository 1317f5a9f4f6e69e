import { z } from 'zod';

export const AuditQuery = z.strictObject({
  since: z
    .string()
    .max(8_000)
    .optional()
    .describe(
      '`next` of an earlier audit, or a time: judges what has changed since, what is still open and what was wrong then. Without it: everything',
    ),
});

const AuditedRow = z
  .object({
    service: z.string(),
    table: z.string(),
    id: z.string().describe('Its key; of a key of several columns, the one that names the order or the product'),
  })
  .meta({ id: 'AuditedRow' });
const Violation = z
  .object({ subject: z.string(), message: z.string(), rows: z.array(AuditedRow).describe('Where it can be seen') })
  .meta({ id: 'Violation' });
const Invariant = z
  .object({
    id: z.string(),
    title: z.string(),
    remedy: z.string().describe('What an operator does about a violation'),
    checked: z.int(),
    violations: z.array(Violation),
  })
  .meta({ id: 'Invariant' });
const NotJudged = z.object({ subject: z.string(), message: z.string() }).meta({ id: 'NotJudged' });
export const Audit = z
  .object({
    checkedAt: z.string(),
    ok: z.boolean(),
    kind: z.enum(['full', 'incremental']).describe('Of all orders, or of those that have changed since'),
    since: z.string().nullable().describe('What an incremental one went on from: all that was written before was judged by an earlier one'),
    orders: z.int().describe('Judged'),
    next: z.string().nullable().describe('`since` of the next one; null when that has to be a full one'),
    invariants: z.array(Invariant),
    cost: z.object({
      facts: z.int().describe('Read from all services'),
      wallMs: z.int(),
      cpuMs: z.int().describe("Of the storefront's process meanwhile, whatever else it did"),
    }),
    notJudged: z.array(NotJudged).describe('What is left out, because a message waits that may explain it'),
  })
  .meta({ id: 'Audit' });
