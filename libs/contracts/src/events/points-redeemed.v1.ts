import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { customerId, instant, orderId } from './fields.js';

/** An order was paid with points. */
export const PointsRedeemedV1 = defineEvent({
  type: 'points.redeemed.v1',
  topic: 'loyalty',
  summary: 'An order was paid with points.',
  key: (data) => data.orderId,
  schema: z.object({
    orderId,
    customerId,
    points: z.int(),
    at: instant,
  }),
});
export type PointsRedeemedV1 = DataOf<typeof PointsRedeemedV1>;
