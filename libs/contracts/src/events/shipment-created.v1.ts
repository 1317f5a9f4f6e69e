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
    parcels: z.int().positive(),
    at: instant,
  }),
});
export type ShipmentCreatedV1 = DataOf<typeof ShipmentCreatedV1>;
