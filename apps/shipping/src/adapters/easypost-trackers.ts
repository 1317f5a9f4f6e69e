import type { Movement } from '../domain/shipment.js';

export type TrackerState = { readonly status: string; readonly status_detail?: string | null | undefined };

/** Details of `failure` after which nobody will get the parcel any more. */
const gone = new Set(['lost', 'missing', 'damaged', 'destroyed']);

/**
 * What a tracker's status means here; `undefined`: nothing has moved, or it is for staff alone (a failed attempt that another one follows).
 * Source: https://docs.easypost.com/docs/trackers, `status` and `status_detail`.
 */
export function movementOf({ status, status_detail: detail }: TrackerState): Movement | undefined {
  switch (status) {
    case 'in_transit':
    case 'out_for_delivery':
    case 'available_for_pickup':
      return 'in-transit';
    case 'delivered':
      return 'delivered';
    case 'return_to_sender':
      return 'returned';
    case 'failure':
      return gone.has(detail ?? '') ? 'lost' : undefined;
    default: // unknown, pre_transit, cancelled, error
      return undefined;
  }
}
