import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { instant, orderId, parcelFacts } from './fields.js';

/** The parcel has arrived. */
export const ShipmentDeliveredV1 = defineEvent({
  type: 'shipment.delivered.v1',
  topic: 'shipment',
  summary: 'The parcel has arrived.',
  key: (data) => data.orderId,
  schema: z.object({
    orderId,
    ...parcelFacts,
    /** True once every shipment of the order has arrived. */
    isLast: z.boolean(),
    at: instant,
  }),
});
export type ShipmentDeliveredV1 = DataOf<typeof ShipmentDeliveredV1>;
