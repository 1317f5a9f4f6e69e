import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { instant, orderId, parcelFacts } from './fields.js';

/** The label of a cancelled order was given back. */
export const ShipmentVoidedV1 = defineEvent({
  type: 'shipment.voided.v1',
  topic: 'shipment',
  summary: 'The label of a cancelled order was given back.',
  key: (data) => data.orderId,
  schema: z.object({
    orderId,
    ...parcelFacts,
    at: instant,
  }),
});
export type ShipmentVoidedV1 = DataOf<typeof ShipmentVoidedV1>;
