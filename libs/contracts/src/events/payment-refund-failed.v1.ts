import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { id, instant, money, orderId } from './fields.js';

/** Money that the bank had given back came back to it: the shopper did not get it. */
export const PaymentRefundFailedV1 = defineEvent({
  type: 'payment.refund-failed.v1',
  topic: 'payment',
  summary: 'Money that the bank had given back came back to it: the shopper did not get it.',
  key: (data) => data.orderId,
  schema: z.object({
    orderId,
    paymentId: id('pay'),
    refundId: id('ref'),
    amount: money,
    /** What is left of the captured amount now, this money included. */
    remaining: money,
    at: instant,
  }),
});
export type PaymentRefundFailedV1 = DataOf<typeof PaymentRefundFailedV1>;
