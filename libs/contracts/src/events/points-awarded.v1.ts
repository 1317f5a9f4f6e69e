import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { customerId, instant, orderId } from './fields.js';

/** An order has earned points; they are pending until it is delivered. */
export const PointsAwardedV1 = defineEvent({
  type: 'points.awarded.v1',
  topic: 'loyalty',
  summary: 'An order has earned points; they are pending until it is delivered.',
  key: (data) => data.orderId,
  schema: z.object({
    orderId,
    customerId,
    points: z.int(),
    at: instant,
  }),
});
export type PointsAwardedV1 = DataOf<typeof PointsAwardedV1>;
