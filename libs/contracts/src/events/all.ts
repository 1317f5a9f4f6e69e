import { z } from 'zod';
import type { EventDefinition } from '../define-event.js';
import { CustomerRegisteredV1 } from './customer-registered.v1.js';
import { DocumentRequestedV1 } from './document-requested.v1.js';
import { NotificationSentV1 } from './notification-sent.v1.js';
import { OrderCancelledV1 } from './order-cancelled.v1.js';
import { OrderConfirmedV1 } from './order-confirmed.v1.js';
import { OrderDeliveredV1 } from './order-delivered.v1.js';
import { OrderParcelLostV1 } from './order-parcel-lost.v1.js';
import { OrderParcelReturnedV1 } from './order-parcel-returned.v1.js';
import { OrderRefundedV1 } from './order-refunded.v1.js';
import { OrderShippedV1 } from './order-shipped.v1.js';
import { PaymentCapturedV1 } from './payment-captured.v1.js';
import { PaymentDeclinedV1 } from './payment-declined.v1.js';
import { PaymentRefundFailedV1 } from './payment-refund-failed.v1.js';
import { PaymentRefundedV1 } from './payment-refunded.v1.js';
import { PictureUploadedV1 } from './picture-uploaded.v1.js';
import { PointsAvailableV1 } from './points-available.v1.js';
import { PointsAwardedV1 } from './points-awarded.v1.js';
import { PointsExpiringV1 } from './points-expiring.v1.js';
import { PointsRedeemedV1 } from './points-redeemed.v1.js';
import { PointsReturnedV1 } from './points-returned.v1.js';
import { PointsReversedV1 } from './points-reversed.v1.js';
import { ProductChangedV1 } from './product-changed.v1.js';
import { ShipmentCreatedV1 } from './shipment-created.v1.js';
import { ShipmentDeliveredV1 } from './shipment-delivered.v1.js';
import { ShipmentDispatchedV1 } from './shipment-dispatched.v1.js';
import { ShipmentLostV1 } from './shipment-lost.v1.js';
import { ShipmentReturnedV1 } from './shipment-returned.v1.js';
import { ShipmentVoidedV1 } from './shipment-voided.v1.js';
import { StockChangedV1 } from './stock-changed.v1.js';
import { TierChangedV1 } from './tier-changed.v1.js';

/** Every event version that is or was published. The schema snapshot and the reference are made from this list. */
export const events: readonly EventDefinition[] = [
  CustomerRegisteredV1,
  DocumentRequestedV1,
  NotificationSentV1,
  OrderCancelledV1,
  OrderConfirmedV1,
  OrderDeliveredV1,
  OrderParcelLostV1,
  OrderParcelReturnedV1,
  OrderRefundedV1,
  OrderShippedV1,
  PaymentCapturedV1,
  PaymentDeclinedV1,
  PaymentRefundFailedV1,
  PaymentRefundedV1,
  PictureUploadedV1,
  PointsAvailableV1,
  PointsAwardedV1,
  PointsExpiringV1,
  PointsRedeemedV1,
  PointsReturnedV1,
  PointsReversedV1,
  ProductChangedV1,
  ShipmentCreatedV1,
  ShipmentDeliveredV1,
  ShipmentDispatchedV1,
  ShipmentLostV1,
  ShipmentReturnedV1,
  ShipmentVoidedV1,
  StockChangedV1,
  TierChangedV1,
] as readonly unknown[] as readonly EventDefinition[];

/** JSON Schema of every event by type, as a producer writes it. Its committed snapshot is what a change is compared with. */
export function eventSchemas(): Readonly<Record<string, object>> {
  return Object.fromEntries(events.map(({ type, schema }) => [type, z.toJSONSchema(schema, { io: 'input' })]));
}
