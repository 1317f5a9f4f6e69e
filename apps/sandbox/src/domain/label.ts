import type { OutgoingWebhook } from './webhook.js';

export type LabelStatus = 'created' | 'in-transit' | 'delivered' | 'lost' | 'returned' | 'voided';

/** A parcel label the carrier has sold; its tracking code names the shipment. */
export type Label = {
  readonly id: string;
  readonly orderId: string;
  readonly trackingCode: string;
  readonly status: LabelStatus;
  readonly service: string;
  readonly idempotencyKey: string;
  readonly createdAt: Date;
};

export type LabelRequest = {
  readonly idempotencyKey: string;
  readonly orderId: string;
  readonly service: string;
  readonly shippingAddress: { readonly line1: string };
  readonly parcels: readonly { readonly weightGrams: number }[];
};

/** False for the addresses that stand for a place no carrier reaches. */
export function isDeliverable({ line1 }: { readonly line1: string }): boolean {
  return !line1.includes('UNDELIVERABLE');
}

export type LabelVoiding =
  | { readonly kind: 'voided' | 'already-voided'; readonly label: Label }
  | { readonly kind: 'refused'; readonly because: 'already-dispatched' };

/** A label can be given back while its parcel has not moved. Asking again changes nothing. */
export function voidLabel(label: Label): LabelVoiding {
  switch (label.status) {
    case 'created':
      return { kind: 'voided', label: { ...label, status: 'voided' } };
    case 'voided':
      return { kind: 'already-voided', label };
    case 'in-transit':
    case 'delivered':
    case 'lost':
    case 'returned':
      return { kind: 'refused', because: 'already-dispatched' };
  }
}

/** What a parcel can be reported as. */
export type Movement = 'in-transit' | 'delivered' | 'lost' | 'returned';

export type Moving =
  | { readonly kind: 'moved'; readonly label: Label; readonly at: Date; readonly webhooks: readonly OutgoingWebhook[] }
  | { readonly kind: 'refused'; readonly because: 'label-voided' };

/**
 * Reports a movement of a parcel as the carrier saw it. Any order and any repeat is accepted, since carriers do report late and twice;
 * the label keeps a final status once it has one.
 */
export function move(label: Label, status: Movement, { webhookId, at }: { readonly webhookId: string; readonly at: Date }): Moving {
  if (label.status === 'voided') return { kind: 'refused', because: 'label-voided' };
  const isFinal = label.status === 'delivered' || label.status === 'lost' || label.status === 'returned';
  const webhook: OutgoingWebhook = {
    webhookId,
    target: 'carrier',
    stream: label.trackingCode,
    payload: { trackingCode: label.trackingCode, status, at: at.toISOString() },
    delayMs: 0,
  };
  return { kind: 'moved', label: isFinal && status === 'in-transit' ? label : { ...label, status }, at, webhooks: [webhook] };
}
