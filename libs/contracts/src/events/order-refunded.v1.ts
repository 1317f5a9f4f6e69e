import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { id, instant, money, orderFacts } from './fields.js';

/** Money of an order went back to the shopper. */
export const OrderRefundedV1 = defineEvent({
  type: 'order.refunded.v1',
  topic: 'order',
  summary: 'Money of an order went back to the shopper.',
  key: (data) => data.orderId,
  schema: z.object({
    ...orderFacts,
    refundId: id('ref'),
    amount: money,
    /** True when nothing of the payment is left. */
    isFull: z.boolean(),
    reason: z.string(),
    lines: z.array(z.object({ lineId: id('line'), variantId: id('var'), quantity: z.int().positive() })),
    /** All that went back so far, this refund included. */
    refundedTotal: money.optional(),
    /** Worth of the order's goods before delivery, tax and discount, and the discount: what shares are counted from. */
    subtotal: money.optional(),
    discount: money.optional(),
    refundedAt: instant,
  }),
});
export type OrderRefundedV1 = DataOf<typeof OrderRefundedV1>;
