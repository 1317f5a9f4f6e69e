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

/** What was told of a shipment before, by the type of its line in the order's history, and of which of its parcels. */
export type ToldBefore = { readonly type: string; readonly trackingCode: string };

/** What was told of a parcel that makes a later word of it no news. */
const outdoneBy = {
  lost: ['shipment.lost', 'shipment.delivered', 'shipment.returned'],
  returned: ['shipment.returned'],
} as const;

/** Whether the shopper is to hear that a parcel is lost or comes back: each parcel once, not when it has gone further since, and not when its label went back or the order is over. */
export function isNews({ status }: Pick<Order, 'status'>, { what, trackingCode }: Astray, before: readonly ToldBefore[]): boolean {
  if (status === 'cancelled' || status === 'refunded') return false;
  const outdone: readonly string[] = outdoneBy[what];
  return !before.some((told) => told.type === 'shipment.voided' || (told.trackingCode === trackingCode && outdone.includes(told.type)));
}

/** Whether another parcel of the shipment went the same way before. */
export function isFurther({ what, trackingCode }: Astray, before: readonly ToldBefore[]): boolean {
  return before.some((told) => told.type === `shipment.${what}` && told.trackingCode !== trackingCode);
}

type Astray = { readonly what: 'lost' | 'returned'; readonly trackingCode: string };

/** The order's shipments with one of them as it is now. */
export function shipmentsWith(order: Order, shipment: Shipment): readonly Shipment[] {
  return [...order.shipments.filter(({ id }) => id !== shipment.id), shipment];
}

/** What the last parcel's dispatch or delivery makes of the order; `null` when it stays as it is. */
export function statusAfter(order: Order, status: 'shipped' | 'delivered', isLast: boolean): 'shipped' | 'delivered' | null {
  return isLast && canBecome(order.status, status) ? status : null;
}
