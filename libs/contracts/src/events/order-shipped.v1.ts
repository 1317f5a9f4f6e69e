import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { instant, orderFacts } from './fields.js';

/** Every parcel of an order is on its way. */
export const OrderShippedV1 = defineEvent({
  type: 'order.shipped.v1',
  topic: 'order',
  summary: 'Every parcel of an order is on its way.',
  key: (data) => data.orderId,
  schema: z.object({
    ...orderFacts,
    /** One for each tracking code: a shipment with several labels comes several times. */
    shipments: z.array(z.object({ shipmentId: z.string(), carrier: z.string(), trackingCode: z.string() })),
    shippedAt: instant,
  }),
});
export type OrderShippedV1 = DataOf<typeof OrderShippedV1>;
