import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { id, instant, money, orderId } from './fields.js';

/** The bank has given money back. */
export const PaymentRefundedV1 = defineEvent({
  type: 'payment.refunded.v1',
  topic: 'payment',
  summary: 'The bank has given money back.',
  key: (data) => data.orderId,
  schema: z.object({
    orderId,
    paymentId: id('pay'),
    refundId: id('ref'),
    amount: money,
    /** What is left of the captured amount afterwards. */
    remaining: money,
    at: instant,
  }),
});
export type PaymentRefundedV1 = DataOf<typeof PaymentRefundedV1>;
