import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { instant, orderFacts, parcelFacts } from './fields.js';

/** The carrier has lost a parcel of an order, and its shopper is to hear of it. */
export const OrderParcelLostV1 = defineEvent({
  type: 'order.parcel-lost.v1',
  topic: 'order',
  summary: 'The carrier has lost a parcel of an order, and its shopper is to hear of it.',
  key: (data) => data.orderId,
  schema: z.object({
    ...orderFacts,
    ...parcelFacts,
    /** Another parcel of the shipment went the same way before; absent for the first. */
    isFurther: z.boolean().optional(),
    lostAt: instant,
  }),
});
export type OrderParcelLostV1 = DataOf<typeof OrderParcelLostV1>;
