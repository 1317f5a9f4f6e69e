import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { customerId, instant, orderId } from './fields.js';

/** The points of a delivered order can be spent. */
export const PointsAvailableV1 = defineEvent({
  type: 'points.available.v1',
  topic: 'loyalty',
  summary: 'The points of a delivered order can be spent.',
  key: (data) => data.orderId,
  schema: z.object({
    orderId,
    customerId,
    points: z.int(),
    /** The tier the customer has reached since it was last told of one, if any. */
    tierReached: z.string().optional(),
    at: instant,
  }),
});
export type PointsAvailableV1 = DataOf<typeof PointsAvailableV1>;
