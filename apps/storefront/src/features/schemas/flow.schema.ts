import { z } from 'zod';

const FlowStep = z
  .object({
    at: z.string(),
    service: z.string(),
    kind: z.enum(['sync', 'async']),
    name: z.string().describe('The step of the checkout, or the type of the event that was handled'),
    durationMs: z.number(),
    queueDelayMs: z.int().optional().describe('From the event log having the event to the service having taken it in'),
    attempts: z.int(),
    outcome: z.string(),
  })
  .meta({ id: 'FlowStep' });

export const Flow = z
  .object({ orderId: z.string(), steps: z.array(FlowStep), silent: z.array(z.string()).describe('Services that did not answer') })
  .meta({ id: 'Flow' });
