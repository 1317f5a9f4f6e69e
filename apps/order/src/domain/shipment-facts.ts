import type { Order, Shipment, ShipmentStatus } from './order.js';
import { canBecome } from './order-states.js';

/** What may follow what; a scan that comes late changes nothing. */
const rank: Readonly<Record<ShipmentStatus, number>> = { created: 0, 'in-transit': 1, lost: 2, delivered: 3, returned: 4, voided: 5 };

/** The shipment after a fact: facts may come in any order, the furthest one stands. What was known at its beginning, code and day, stays. */
export function shipmentAfter(order: Order, fact: Shipment): Shipment {
  const known = order.shipments.find(({ id }) => id === fact.id);
  if (!known) return fact;
  return { ...fact, ...known, status: rank[known.status] > rank[fact.status] ? known.status : fact.status };
}

/** Whether the shopper is to hear that a parcel is lost or comes back: not a second time, not when it has gone further since, and not when the order is over. */
export function isNews(order: Order, fact: Shipment): boolean {
  if (order.status === 'cancelled' || order.status === 'refunded') return false;
  const known = order.shipments.find(({ id }) => id === fact.id);
  return !known || rank[known.status] < rank[fact.status];
}

/** The order's shipments with one of them as it is now. */
export function shipmentsWith(order: Order, shipment: Shipment): readonly Shipment[] {
  return [...order.shipments.filter(({ id }) => id !== shipment.id), shipment];
}

/** What the last parcel's dispatch or delivery makes of the order; `null` when it stays as it is. */
export function statusAfter(order: Order, status: 'shipped' | 'delivered', isLast: boolean): 'shipped' | 'delivered' | null {
  return isLast && canBecome(order.status, status) ? status : null;
}
