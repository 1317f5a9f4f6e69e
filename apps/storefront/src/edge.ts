import type { Type } from '@nestjs/common';
import type { Mode } from '@tandem/host';
import { AdminPromotionsHttp } from './features/admin-promotions.http.js';
import { AdminHttp } from './features/admin.http.js';
import { AfterSaleHttp } from './features/after-sale.http.js';
import { AuditHttp } from './features/audit.http.js';
import { AuthHttp } from './features/auth.http.js';
import { BackpressureHttp } from './features/backpressure.http.js';
import { CartsHttp } from './features/carts.http.js';
import { CheckoutHttp } from './features/checkout.http.js';
import type { LimitRates } from './features/edge/limits.js';
import { DeliveriesHttp } from './features/deliveries.http.js';
import { DocumentsHttp } from './features/documents.http.js';
import { FlowsHttp } from './features/flows.http.js';
import { FollowersHttp } from './features/followers.http.js';
import { JobsHttp } from './features/jobs.http.js';
import { NotificationsHttp } from './features/notifications.http.js';
import { OpsHttp } from './features/ops.http.js';
import { OrdersHttp } from './features/orders.http.js';
import { RefundsHttp } from './features/refunds.http.js';
import { LocationsHttp } from './features/locations.http.js';
import { SagasHttp } from './features/sagas.http.js';
import { SchedulesHttp } from './features/schedules.http.js';
import { SeatsHttp } from './features/seats.http.js';
import { StreamOrderEventsHttp } from './features/stream-order-events.http.js';
import { PaymentWebhooksHttp } from './features/payment-webhooks.http.js';
import { PicturesHttp } from './features/pictures.http.js';
import { ProductPicturesHttp } from './features/product-pictures.http.js';
import { ProductsHttp } from './features/products.http.js';
import { UnsubscribeHttp } from './features/unsubscribe.http.js';
import { WebhookEndpointsHttp } from './features/webhook-endpoints.http.js';

/** The whole public API, in the order of its document. */
export const controllers: readonly Type[] = [
  AuthHttp,
  ProductsHttp,
  SeatsHttp,
  PicturesHttp,
  FollowersHttp,
  CartsHttp,
  CheckoutHttp,
  OrdersHttp,
  RefundsHttp,
  StreamOrderEventsHttp,
  AfterSaleHttp,
  DocumentsHttp,
  NotificationsHttp,
  UnsubscribeHttp,
  WebhookEndpointsHttp,
  PaymentWebhooksHttp,
  JobsHttp,
  OpsHttp,
  SagasHttp,
  DeliveriesHttp,
  FlowsHttp,
  SchedulesHttp,
  BackpressureHttp,
  AuditHttp,
  AdminHttp,
  LocationsHttp,
  ProductPicturesHttp,
  AdminPromotionsHttp,
];

/** Requests per second and address; wide in development, so that a test runs through. Source: docs/reference/api.md, "Rate limits". */
export function ratesOf(mode: Mode): LimitRates {
  return mode === 'development' ? { general: 20_000, guest: 5_000, credentials: 1_000 } : { general: 200, guest: 20, credentials: 10 };
}
