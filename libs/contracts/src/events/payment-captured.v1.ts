import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { id, instant, money, orderId } from './fields.js';

/** The bank has charged the shopper after the shop had stopped waiting: a challenge was met, or the answer came late. What is captured while a checkout waits is told by `order.confirmed`. */
export const PaymentCapturedV1 = defineEvent({
  type: 'payment.captured.v1',
  topic: 'payment',
  summary: 'The bank has charged the shopper after the shop had stopped waiting: a challenge was met, or the answer came late.',
  key: (data) => data.orderId,
  schema: z.object({
    orderId,
    paymentId: id('pay'),
    amount: money,
    at: instant,
  }),
});
export type PaymentCapturedV1 = DataOf<typeof PaymentCapturedV1>;
