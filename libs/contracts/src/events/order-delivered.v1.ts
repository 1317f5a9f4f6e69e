import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { instant, orderFacts } from './fields.js';

/** Every parcel of an order has arrived. */
export const OrderDeliveredV1 = defineEvent({
  type: 'order.delivered.v1',
  topic: 'order',
  summary: 'Every parcel of an order has arrived.',
  key: (data) => data.orderId,
  schema: z.object({
    ...orderFacts,
    deliveredAt: instant,
  }),
});
export type OrderDeliveredV1 = DataOf<typeof OrderDeliveredV1>;
