import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { instant, orderId, parcelFacts } from './fields.js';

/** The carrier has the parcel. */
export const ShipmentDispatchedV1 = defineEvent({
  type: 'shipment.dispatched.v1',
  topic: 'shipment',
  summary: 'The carrier has the parcel.',
  key: (data) => data.orderId,
  schema: z.object({
    orderId,
    ...parcelFacts,
    /** True once every shipment of the order is on its way. */
    isLast: z.boolean(),
    at: instant,
  }),
});
export type ShipmentDispatchedV1 = DataOf<typeof ShipmentDispatchedV1>;
