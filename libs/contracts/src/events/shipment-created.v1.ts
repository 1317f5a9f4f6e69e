import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { instant, orderId, parcelFacts } from './fields.js';

/** A label was bought for an order. */
export const ShipmentCreatedV1 = defineEvent({
  type: 'shipment.created.v1',
  topic: 'shipment',
  summary: 'A label was bought for an order.',
  key: (data) => data.orderId,
  schema: z.object({
    orderId,
    ...parcelFacts,
    /** All of them, `trackingCode` first, where each parcel has a label of its own. */
    trackingCodes: z.array(z.string()).optional(),
    parcels: z.int().positive(),
    /** The day the last parcel should arrive, as it is known now. */
    estimatedDelivery: z.iso.date().optional(),
    at: instant,
  }),
});
export type ShipmentCreatedV1 = DataOf<typeof ShipmentCreatedV1>;
