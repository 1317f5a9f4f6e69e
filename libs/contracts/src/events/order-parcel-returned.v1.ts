import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { instant, orderFacts, parcelFacts } from './fields.js';

/** A parcel of an order comes back to the shop, and its shopper is to hear of it. */
export const OrderParcelReturnedV1 = defineEvent({
  type: 'order.parcel-returned.v1',
  topic: 'order',
  summary: 'A parcel of an order comes back to the shop, and its shopper is to hear of it.',
  key: (data) => data.orderId,
  schema: z.object({
    ...orderFacts,
    ...parcelFacts,
    /** Another parcel of the shipment went the same way before; absent for the first. */
    isFurther: z.boolean().optional(),
    returnedAt: instant,
  }),
});
export type OrderParcelReturnedV1 = DataOf<typeof OrderParcelReturnedV1>;
