import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { id, instant, money, orderId } from './fields.js';

/** The bank has charged the shopper. */
export const PaymentCapturedV1 = defineEvent({
  type: 'payment.captured.v1',
  topic: 'payment',
  summary: 'The bank has charged the shopper.',
  key: (data) => data.orderId,
  schema: z.object({
    orderId,
    paymentId: id('pay'),
    amount: money,
    at: instant,
  }),
});
export type PaymentCapturedV1 = DataOf<typeof PaymentCapturedV1>;
