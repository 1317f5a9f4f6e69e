import { z } from 'zod';

const FlowStep = z
  .object({
    at: z.string(),
    service: z.string(),
    kind: z.enum(['sync', 'async']),
    name: z
      .string()
      .describe(
        'The call order made (a step of the checkout, or `stop shipment`, `refund <id>`, `undo reserve`, `undo redeem` after it), or the type of the event that was handled',
      ),
    durationMs: z
      .number()
      .describe(
        'Of an event: from the beginning of the first try until it was settled; what goes out beside it, a mail say, is an event of its own',
      ),
    queueDelayMs: z.int().optional().describe('From the event log having the event to the service having begun with it'),
    attempts: z.int(),
    outcome: z
      .string()
      .describe(
        'Of an event `handled`, `known-from-history`, or what it is among the dead letters: `open`, `dead`, `replayed`, `discarded`',
      ),
    deadLetterId: z
      .string()
      .optional()
      .describe('Of an event that is or was among the dead letters: more of it at `/ops/v1/dead-letters/{id}`'),
    reason: z.string().optional().describe('Why that one failed'),
  })
  .meta({ id: 'FlowStep' });

export const Flow = z
  .object({
    orderId: z.string(),
    steps: z.array(FlowStep),
    eventsKnown: z
      .boolean()
      .describe(
        'False when services have forgotten its events, after 14 days: then `steps` are its calls and the lines of its history alone',
      ),
    silent: z
      .array(z.string())
      .describe('Services that did not answer: what they made of the order’s events is missing from `steps`; ask again'),
  })
  .meta({ id: 'Flow' });
