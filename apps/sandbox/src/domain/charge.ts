import { equals, type Money } from '@tandem/kernel';
import type { ChargeResult, Instrument } from './instruments.js';
import { chargeWebhook, type OutgoingWebhook } from './webhook.js';

/** What a shop asks of the bank. One idempotency key is one charge, for ever. */
export type ChargeRequest = {
  readonly idempotencyKey: string;
  readonly orderId: string;
  readonly amount: Money;
  readonly paymentMethod: string;
};

type Facts = ChargeRequest & { readonly id: string; readonly createdAt: Date };
export type CapturedCharge = Facts & { readonly status: 'captured' };
export type DeclinedCharge = Facts & { readonly status: 'declined'; readonly declineCode: string };
export type Charge =
  CapturedCharge | DeclinedCharge | (Facts & { readonly status: 'requires-action' }) | (Facts & { readonly status: 'voided' });

/** A key under which a charge was asked for and none has been made yet; `tries` counts this one. */
export type OpenKey = Facts & { readonly status: 'open'; readonly tries: number };
/** A key that was voided before any charge: none will ever be made under it. */
export type ClosedKey = { readonly status: 'closed'; readonly idempotencyKey: string };

/** One try to charge: what the bank has under the key, what is asked of it, and when. */
export type ChargeTry = { readonly seen: OpenKey | ClosedKey | Charge; readonly request: ChargeRequest; readonly now: Date };

export type Charging =
  | { readonly kind: 'charged'; readonly charge: Charge; readonly webhooks: readonly OutgoingWebhook[] }
  | { readonly kind: 'repeated'; readonly charge: Charge }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'refused'; readonly because: 'idempotency-key-reused' | 'charge-voided' };

/** Decides one try to charge. The same request under the same key always ends in the same charge. */
export function charge(instrument: Instrument, { seen, request, now }: ChargeTry): Charging {
  if (seen.status === 'closed') return { kind: 'refused', because: 'charge-voided' };
  if (!isSameRequest(seen, request)) return { kind: 'refused', because: 'idempotency-key-reused' };
  if (seen.status !== 'open') return { kind: 'repeated', charge: seen };
  if (seen.tries <= instrument.failures) return { kind: 'failed' };
  if (!instrument.result) return { kind: 'nothing' };
  const made = chargeFrom(seen, instrument.result);
  return { kind: 'charged', charge: made, webhooks: webhooksOf(instrument, made, now) };
}

export type Challenging =
  | { readonly kind: 'answered'; readonly charge: Charge; readonly webhooks: readonly OutgoingWebhook[] }
  | { readonly kind: 'already-answered'; readonly charge: Charge };

/** Ends a challenge as its shopper did. A second outcome changes nothing. */
export function answerChallenge(challenged: Charge, outcome: 'approve' | 'fail', now: Date): Challenging {
  if (challenged.status !== 'requires-action') return { kind: 'already-answered', charge: challenged };
  const ended = chargeFrom(
    challenged,
    outcome === 'approve' ? { status: 'captured' } : { status: 'declined', declineCode: 'authentication-failed' },
  );
  return { kind: 'answered', charge: ended, webhooks: [chargeWebhook(ended, now)] };
}

export type Voiding =
  | { readonly kind: 'voided'; readonly charge: Charge; readonly webhooks: readonly [] }
  | { readonly kind: 'already-voided'; readonly charge: Charge }
  | { readonly kind: 'closed'; readonly idempotencyKey: string }
  | { readonly kind: 'refused'; readonly because: 'charge-declined' | 'charge-refunded' };

/** Takes a charge back as if it had never been, or closes a key so that none can come. Asking again changes nothing. */
export function voidCharge(seen: OpenKey | ClosedKey | Charge, refundedMinor: bigint): Voiding {
  switch (seen.status) {
    case 'open':
    case 'closed':
      return { kind: 'closed', idempotencyKey: seen.idempotencyKey };
    case 'voided':
      return { kind: 'already-voided', charge: seen };
    case 'declined':
      return { kind: 'refused', because: 'charge-declined' };
    case 'captured':
    case 'requires-action':
      if (refundedMinor > 0n) return { kind: 'refused', because: 'charge-refunded' };
      return { kind: 'voided', charge: { ...factsOf(seen), status: 'voided' }, webhooks: [] };
  }
}

/** Late means after the shop's own deadline of 10 s. */
const lateMs = 12_000;

function webhooksOf(instrument: Instrument, made: Charge, now: Date): readonly OutgoingWebhook[] {
  switch (instrument.webhook) {
    case 'none':
      return [];
    case 'before-answer':
      return [chargeWebhook(made, now)];
    case 'twice':
      return [chargeWebhook(made, now), chargeWebhook(made, now)];
    case 'late':
      return [chargeWebhook(made, now, lateMs)];
  }
}

function chargeFrom(facts: Facts, result: ChargeResult): Charge {
  return { ...factsOf(facts), ...result };
}

function factsOf({ id, idempotencyKey, orderId, amount, paymentMethod, createdAt }: Facts): Facts {
  return { id, idempotencyKey, orderId, amount, paymentMethod, createdAt };
}

function isSameRequest(seen: ChargeRequest, request: ChargeRequest): boolean {
  return seen.orderId === request.orderId && seen.paymentMethod === request.paymentMethod && equals(seen.amount, request.amount);
}
