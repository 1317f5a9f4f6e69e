import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { customerId, instant, locale } from './fields.js';

/** Somebody opened an account. */
export const CustomerRegisteredV1 = defineEvent({
  type: 'customer.registered.v1',
  topic: 'customer',
  summary: 'Somebody opened an account.',
  key: (data) => data.customerId,
  schema: z.object({
    customerId,
    email: z.email(),
    name: z.string().nullable(),
    locale,
    at: instant,
  }),
});
export type CustomerRegisteredV1 = DataOf<typeof CustomerRegisteredV1>;
