import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { customerId, instant, orderId } from './fields.js';

/** Points that a cancelled or refunded order was paid with went back to the customer. */
export const PointsReturnedV1 = defineEvent({
  type: 'points.returned.v1',
  topic: 'loyalty',
  summary: 'Points that a cancelled or refunded order was paid with went back to the customer.',
  key: (data) => data.orderId,
  schema: z.object({
    orderId,
    customerId,
    points: z.int(),
    at: instant,
  }),
});
export type PointsReturnedV1 = DataOf<typeof PointsReturnedV1>;
