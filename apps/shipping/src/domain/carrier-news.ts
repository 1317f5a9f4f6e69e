import type { Movement } from './shipment.js';

/** A webhook as it came in. Headers by their role, empty where a carrier has none; the body byte for byte. */
export type SignedWebhook = { readonly id: string; readonly timestamp: string; readonly signature: string; readonly body: Uint8Array };

/** `labelId`: whose news it is, from carriers that say so; a code alone may have been another parcel's before. */
export type ParcelNews = { readonly trackingCode: string; readonly labelId?: string; readonly status: Movement; readonly at: Date };

export type OpenedWebhook =
  /** `id`: the same for every delivery of the same news. `null`: news that means nothing to a shopper, or of a parcel that was not bought at the carrier. */
  | { readonly kind: 'opened'; readonly id: string; readonly news: ParcelNews | null }
  | { readonly kind: 'signature-invalid' }
  /** Signed by the carrier, and yet not what its reference says; by field, as JSON pointers. */
  | {
      readonly kind: 'malformed';
      readonly errors: readonly { readonly pointer: string; readonly code: string; readonly message: string }[];
    };

/** How one carrier signs and words its webhooks. Compares in constant time. */
export type WebhookReader = { readonly carrier: string; open(webhook: SignedWebhook): OpenedWebhook };
