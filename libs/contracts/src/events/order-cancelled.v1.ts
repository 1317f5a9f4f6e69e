import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { id, instant, money, orderFacts } from './fields.js';

/** An order that was promised to the shopper will not be delivered; stock, points and label go back. */
export const OrderCancelledV1 = defineEvent({
  type: 'order.cancelled.v1',
  topic: 'order',
  summary: 'An order that was promised to the shopper will not be delivered; stock, points and label go back.',
  key: (data) => data.orderId,
  schema: z.object({
    ...orderFacts,
    reason: z.string(),
    /** What the shopper gets back; null when nothing is left to give back: nothing had been captured, or all was refunded before. */
    refund: z.object({ refundId: id('ref'), amount: money }).nullable(),
    lines: z.array(z.object({ lineId: id('line'), variantId: id('var'), quantity: z.int().positive() })),
    wasConfirmed: z.boolean(),
    cancelledAt: instant,
  }),
});
export type OrderCancelledV1 = DataOf<typeof OrderCancelledV1>;
