import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { customerId, instant } from './fields.js';

/** Points of a customer end soon, unless they are spent before. */
export const PointsExpiringV1 = defineEvent({
  type: 'points.expiring.v1',
  topic: 'loyalty',
  summary: 'Points of a customer end soon, unless they are spent before.',
  key: (data) => data.customerId,
  schema: z.object({
    customerId,
    points: z.int(),
    /** When the first of them end. */
    expiresAt: instant,
    at: instant,
  }),
});
export type PointsExpiringV1 = DataOf<typeof PointsExpiringV1>;
