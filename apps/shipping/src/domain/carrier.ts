import type { Movement, ParcelPlan } from './shipment.js';

export type LabelOrder = {
  /** The carrier's idempotency key: one label per key, whatever happens. */
  readonly key: string;
  readonly orderId: string;
  readonly service: string;
  readonly shippingAddress: object;
  readonly parcels: readonly ParcelPlan[];
};

export type LabelAnswer =
  /** `estimatedDelivery`: the day the carrier itself names, `2026-11-24`. */
  | ({ readonly kind: 'bought'; readonly estimatedDelivery?: string | undefined } & Label)
  /** The carrier will never take this. */
  | { readonly kind: 'refused'; readonly because: string };

/** What was begun at a carrier that has no idempotency keys: it begins first, which costs nothing, and buys what was kept. One draft a key. */
export type Drafts = {
  /** What was begun under the key before. */
  readonly kept: string | null;
  /** Remembers what was begun; of several at once the first stays, and is what everyone gets. Has committed when it resolves. */
  keep(draftId: string): Promise<string>;
};

/** Where a parcel is, as its carrier sees it; `unknown`: it has no such parcel. */
export type Whereabouts = 'created' | Movement | 'voided' | 'unknown';

/** What is stuck on the parcels of a label. `none`: no such label, or its carrier has not drawn it yet. */
export type LabelDocument = { readonly kind: 'document'; readonly pdf: Uint8Array } | { readonly kind: 'none' | 'voided' };

/** A label that was bought, as its carrier calls it. The code may have been another parcel's before. */
export type Label = { readonly labelId: string; readonly trackingCode: string };

/**
 * A carrier. Every method rejects with `Unavailable('carrier')` when no answer came, and with any other error when what it answered may change and is about this one
 * parcel, which then waits alone; asking again is safe.
 */
export type Carrier = {
  readonly name: string;
  /** `parcel`: a label is for one parcel, so an order of several is several labels. `shipment`: one label, with one tracking code, is for all parcels of an order. */
  readonly labelsEach: 'parcel' | 'shipment';
  /** `drafts` is for carriers without idempotency keys. */
  buyLabel(order: LabelOrder, drafts: Drafts): Promise<LabelAnswer>;
  /** Asked when its webhooks have been silent for long. */
  track(label: Label): Promise<Whereabouts>;
  /** As PDF, for a label printer. */
  labelDocument(labelId: string): Promise<LabelDocument>;
  /** Takes a label back, or a draft, which may have been bought. `dispatched`: nothing was taken back, as the parcel is under way or there is no label. */
  voidLabel(labelId: string): Promise<'voided' | 'dispatched'>;
};
