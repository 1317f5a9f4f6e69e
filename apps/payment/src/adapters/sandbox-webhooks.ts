import { isSignedBy, jsonOf } from '@tandem/host';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { ChargeNews, OpenedWebhook, SignedWebhook, WebhookReader } from '../domain/provider-news.js';

const facts = { idempotencyKey: z.string().min(1).max(255), chargeId: z.string().min(1).max(255) };
const Body = z.object({
  type: z.string(),
  data: z.discriminatedUnion('status', [
    z.object({ status: z.literal('captured'), ...facts }),
    z.object({ status: z.literal('declined'), declineCode: z.string().max(100).default('card-declined'), ...facts }),
    z.object({ status: z.literal('voided'), ...facts }),
    z.object({ status: z.literal('requires-action'), ...facts }),
  ]),
});

/** The sandbox bank's webhooks: Standard Webhooks 1.0, signed with one of the live secrets (two while one replaces the other). */
export function sandboxWebhooks(secrets: readonly string[]): WebhookReader {
  const signers = secrets.map((secret) => new Webhook(secret));
  return {
    provider: 'sandbox',
    open: (webhook) => (signers.some((signer) => isSignedBy(signer, webhook)) ? read(webhook) : { kind: 'signature-invalid' }),
  };
}

function read({ id, body }: SignedWebhook): OpenedWebhook {
  const parsed = Body.safeParse(jsonOf(body));
  if (!parsed.success) return { kind: 'malformed', because: z.prettifyError(parsed.error) };
  return { kind: 'opened', id, news: newsOf(parsed.data.data) };
}

function newsOf(charge: z.infer<typeof Body>['data']): ChargeNews | null {
  const { idempotencyKey: key, chargeId } = charge;
  switch (charge.status) {
    case 'captured':
      return { key, answer: { kind: 'captured', chargeId } };
    case 'declined':
      return { key, answer: { kind: 'declined', declineCode: charge.declineCode } };
    case 'voided':
      return { key, answer: { kind: 'voided' } };
    case 'requires-action': // its answer carries the address of the challenge, the webhook does not
      return null;
  }
}
