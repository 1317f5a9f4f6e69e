import { isSignedBy } from '@tandem/host';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { WebhookReader } from '../domain/carrier-news.js';
import { trackingCodeShape } from '../domain/shipment.js';
import { bodyOf } from './webhook-body.js';

const Body = z.object({
  trackingCode: z.string().regex(trackingCodeShape, 'a tracking code'),
  status: z.enum(['in-transit', 'delivered', 'lost', 'returned']),
  at: z.iso.datetime(),
});

/** The sandbox carrier's webhooks. Source: Standard Webhooks 1.0, which bounds a signature's age to five minutes. */
export function sandboxWebhooks(secret: string): WebhookReader {
  const signer = new Webhook(secret);
  return {
    carrier: 'sandbox',
    open: (webhook) => {
      if (!isSignedBy(signer, webhook)) return { kind: 'signature-invalid' };
      const read = bodyOf(Body, webhook.body);
      if (read.kind === 'malformed') return read;
      return { kind: 'opened', id: webhook.id, news: { ...read.data, at: new Date(read.data.at) } };
    },
  };
}
