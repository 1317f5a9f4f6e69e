import type Stripe from 'stripe';
import { z } from 'zod';
import type { ChargeNews, OpenedWebhook, SignedWebhook, WebhookReader } from '../domain/provider-news.js';
import { declineCodeOf } from './stripe-intents.js';

/** Signatures hold for so long before and after they were made, seconds. Source: https://docs.stripe.com/webhooks, "Preventing replay attacks" (their default, for the past). */
const toleranceSeconds = 300;

const Intent = z.object({
  id: z.string().min(1).max(255),
  metadata: z.object({ key: z.string().min(1).max(255).optional() }),
  last_payment_error: z.object({ code: z.string().max(100).optional(), decline_code: z.string().max(100).optional() }).nullish(),
});
const Event = z.object({ id: z.string().min(1).max(255), type: z.string(), data: z.object({ object: z.unknown() }) });

/** Stripe's webhooks: signed by its own scheme with one of the live secrets (two while one replaces the other); the id is the event's. */
export function stripeWebhooks(secrets: readonly string[], webhooks: Stripe['webhooks']): WebhookReader {
  return {
    provider: 'stripe',
    open: (webhook) => {
      if (isFromTheFuture(webhook)) return { kind: 'signature-invalid' };
      for (const secret of secrets) {
        const opened = openedWith(webhooks, secret, webhook);
        if (opened.kind !== 'signature-invalid') return opened;
      }
      return { kind: 'signature-invalid' };
    },
  };
}

function openedWith(webhooks: Stripe['webhooks'], secret: string, { signature, body }: SignedWebhook): OpenedWebhook {
  try {
    return read(webhooks.constructEvent(Buffer.from(body), signature, secret, toleranceSeconds));
  } catch (error) {
    const { type, message } = error as { type?: unknown; message?: unknown };
    return type === 'StripeSignatureVerificationError' ? { kind: 'signature-invalid' } : { kind: 'malformed', because: String(message) }; // signed, and not an event in JSON
  }
}

/** Stripe's library bounds the past alone. */
function isFromTheFuture({ signature }: SignedWebhook): boolean {
  const latest = Date.now() / 1_000 + toleranceSeconds;
  return [...signature.matchAll(/t=(\d+)/g)].some(([, seconds]) => Number(seconds) > latest);
}

function read(signed: unknown): OpenedWebhook {
  const event = Event.safeParse(signed);
  if (!event.success) return { kind: 'malformed', because: z.prettifyError(event.error) };
  const { id, type, data } = event.data;
  if (refundEvents.has(type)) return readRefund(id, data.object);
  if (!isHeeded(type)) return { kind: 'opened', id, news: null };
  const intent = Intent.safeParse(data.object);
  if (!intent.success) return { kind: 'malformed', because: z.prettifyError(intent.error) };
  return { kind: 'opened', id, news: newsOf(type, intent.data) };
}

/** The same failure is told by up to three, by the version of the account's API. Source: https://docs.stripe.com/api/events/types */
const refundEvents: ReadonlySet<string> = new Set(['refund.failed', 'refund.updated', 'charge.refund.updated']);
const Refund = z.object({
  status: z.string().max(100).nullish(),
  metadata: z.object({ key: z.string().min(1).max(255).optional() }).nullish(),
});

/** Only that money came back is news: whoever waits for a refund asks. */
function readRefund(id: string, object: unknown): OpenedWebhook {
  const refund = Refund.safeParse(object);
  if (!refund.success) return { kind: 'malformed', because: z.prettifyError(refund.error) };
  const { status, metadata } = refund.data;
  const isLost = status === 'failed' || status === 'canceled';
  return { kind: 'opened', id, news: isLost && metadata?.key !== undefined ? { failedRefund: metadata.key } : null };
}

const heeded = ['payment_intent.succeeded', 'payment_intent.payment_failed', 'payment_intent.canceled'] as const;
type Heeded = (typeof heeded)[number];

function isHeeded(type: string): type is Heeded {
  return (heeded as readonly string[]).includes(type);
}

/** `null` for an intent that the shop did not make. */
function newsOf(type: Heeded, { id, metadata: { key }, last_payment_error: error }: z.infer<typeof Intent>): ChargeNews | null {
  if (key === undefined) return null;
  switch (type) {
    case 'payment_intent.succeeded':
      return { key, answer: { kind: 'captured', chargeId: id } };
    case 'payment_intent.payment_failed':
      return {
        key,
        answer: {
          kind: 'declined',
          declineCode: declineCodeOf({
            ...(error?.code ? { code: error.code } : {}),
            ...(error?.decline_code ? { decline_code: error.decline_code } : {}),
          }),
        },
      };
    case 'payment_intent.canceled':
      return { key, answer: { kind: 'voided' } };
  }
}
