import type { Delivery } from '../domain/delivery.js';
import type { DisabledWhy, Endpoint, EventType } from '../domain/endpoint.js';

export const endpointColumns = 'id, sequence, owner_id, url, events, disabled_why, created_at';
export type EndpointRow = {
  readonly id: string;
  readonly sequence: string;
  readonly owner_id: string;
  readonly url: string;
  readonly events: EventType[];
  readonly disabled_why: DisabledWhy | null;
  readonly created_at: Date;
};

export function endpointFrom({
  id,
  sequence,
  owner_id: ownerId,
  url,
  events,
  disabled_why: disabledWhy,
  created_at: createdAt,
}: EndpointRow): Endpoint {
  return { id, sequence: BigInt(sequence), ownerId, url, events, disabledWhy, createdAt };
}

export const deliveryColumns = 'id, sequence, event, order_id, status, attempts, last_status, last_error, created_at';
export type DeliveryRow = {
  readonly id: string;
  readonly sequence: string;
  readonly event: string;
  readonly order_id: string;
  readonly status: Delivery['status'];
  readonly attempts: number;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly created_at: Date;
};

export function deliveryFrom({
  id,
  sequence,
  event,
  order_id: orderId,
  status,
  attempts,
  last_status: lastStatus,
  last_error: lastError,
  created_at: createdAt,
}: DeliveryRow): Delivery {
  return { id, sequence: BigInt(sequence), event, orderId, status, attempts, lastStatus, lastError, createdAt };
}
