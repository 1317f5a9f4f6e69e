import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { SignedWebhook, WebhookReader } from '../domain/carrier-news.js';
import { trackingCodeShape } from '../domain/shipment.js';
import { movementOf } from './easypost-trackers.js';
import { bodyOf, partOf } from './webhook-body.js';

const Tracker = z.object({
  tracking_code: z.string().regex(trackingCodeShape, 'a tracking code'),
  status: z.string().max(100),
  status_detail: z.string().max(100).nullish(),
  updated_at: z.iso.datetime({ offset: true }),
  /** Only labels that were bought at EasyPost have one. */
  shipment_id: z.string().max(200).nullish(),
  tracking_details: z.array(z.object({ datetime: z.iso.datetime({ offset: true }).nullish() })).default([]),
});
const Event = z.object({ id: z.string().min(1).max(200), description: z.string(), result: z.unknown() });

/**
 * EasyPost's webhooks, signed with one of the live secrets (two while one replaces the other); the id is the event's. The signature has no time in it,
 * so what keeps an old one from doing harm is that a shipment only moves forward. Source: https://docs.easypost.com/docs/webhooks, "HMAC Validation".
 */
export function easypostWebhooks(secrets: readonly string[]): WebhookReader {
  return {
    carrier: 'easypost',
    open: (webhook) => {
      if (!secrets.some((secret) => isSigned(webhook, secret))) return { kind: 'signature-invalid' };
      const event = bodyOf(Event, webhook.body);
      if (event.kind === 'malformed') return event;
      const { id, description, result } = event.data;
      if (!description.startsWith('tracker.')) return { kind: 'opened', id, news: null };
      const tracker = partOf(Tracker, result, '/result');
      if (tracker.kind === 'malformed') return tracker;
      const { tracking_code: trackingCode, updated_at: updated, tracking_details: details, shipment_id: shipment } = tracker.data;
      const status = movementOf(tracker.data);
      return {
        kind: 'opened',
        id,
        news: status && shipment ? { trackingCode, labelId: shipment, status, at: new Date(details.at(-1)?.datetime ?? updated) } : null,
      };
    },
  };
}

/** As EasyPost's own libraries do: the secret in NFKD, HMAC-SHA256 of the body in hex behind a prefix. */
export function easypostSignature(body: Uint8Array, secret: string): string {
  return `hmac-sha256-hex=${createHmac('sha256', secret.normalize('NFKD')).update(body).digest('hex')}`;
}

function isSigned({ signature, body }: SignedWebhook, secret: string): boolean {
  const [given, expected] = [Buffer.from(signature), Buffer.from(easypostSignature(body, secret))];
  return given.length === expected.length && timingSafeEqual(given, expected);
}
