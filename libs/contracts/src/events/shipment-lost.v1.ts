import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { instant, orderId, parcelFacts } from './fields.js';

/** The carrier reports the parcel as lost. */
export const ShipmentLostV1 = defineEvent({
  type: 'shipment.lost.v1',
  topic: 'shipment',
  summary: 'The carrier reports the parcel as lost.',
  key: (data) => data.orderId,
  schema: z.object({
    orderId,
    ...parcelFacts,
    at: instant,
  }),
});
export type ShipmentLostV1 = DataOf<typeof ShipmentLostV1>;
