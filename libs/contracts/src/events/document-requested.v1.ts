import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { id, instant, orderId } from './fields.js';

/** A document of an order is to be made: work for one of the workers of `document`. What it says stands in that service's own table. */
export const DocumentRequestedV1 = defineEvent({
  type: 'document.requested.v1',
  topic: 'document.jobs',
  summary: 'A document of an order is to be made.',
  key: (data) => data.orderId,
  schema: z.object({ jobId: id('docjob'), orderId, kind: z.string(), requestedAt: instant }),
});
export type DocumentRequestedV1 = DataOf<typeof DocumentRequestedV1>;
