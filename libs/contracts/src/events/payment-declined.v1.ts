import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { id, instant, orderId } from './fields.js';

/** The bank has refused a charge after the shop had stopped waiting: a challenge failed, or the answer came late. */
export const PaymentDeclinedV1 = defineEvent({
  type: 'payment.declined.v1',
  topic: 'payment',
  summary: 'The bank has refused a charge after the shop had stopped waiting: a challenge failed, or the answer came late.',
  key: (data) => data.orderId,
  schema: z.object({
    orderId,
    paymentId: id('pay'),
    declineCode: z.string(),
    at: instant,
  }),
});
export type PaymentDeclinedV1 = DataOf<typeof PaymentDeclinedV1>;
