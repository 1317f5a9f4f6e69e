import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { instant, orderId, parcelFacts } from './fields.js';

/** The carrier brings the parcel back to the shop: nobody took it, or it could not be delivered. */
export const ShipmentReturnedV1 = defineEvent({
  type: 'shipment.returned.v1',
  topic: 'shipment',
  summary: 'The carrier brings the parcel back to the shop: nobody took it, or it could not be delivered.',
  key: (data) => data.orderId,
  schema: z.object({
    orderId,
    ...parcelFacts,
    at: instant,
  }),
});
export type ShipmentReturnedV1 = DataOf<typeof ShipmentReturnedV1>;
