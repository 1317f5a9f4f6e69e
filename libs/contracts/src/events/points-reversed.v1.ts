import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { customerId, instant, orderId } from './fields.js';

/** Points of a cancelled or refunded order were taken back. */
export const PointsReversedV1 = defineEvent({
  type: 'points.reversed.v1',
  topic: 'loyalty',
  summary: 'Points of a cancelled or refunded order were taken back.',
  key: (data) => data.orderId,
  schema: z.object({
    orderId,
    customerId,
    points: z.int(),
    at: instant,
  }),
});
export type PointsReversedV1 = DataOf<typeof PointsReversedV1>;
