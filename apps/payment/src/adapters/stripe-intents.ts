import type Stripe from 'stripe';
import type { ChargeAnswer, RefundAnswer } from '../domain/payment-provider.js';
import type { StripeFault } from './stripe-calls.js';

/** What marks the refund that takes a whole charge back, as against money that is given back. */
export const voidMark = { metadata: { void: 'true' } } as const;
/** What `answerOf` needs beside the intent itself. */
export const whole = ['latest_charge.refunds'];

/** Reasons a shopper is not to hear: whoever tries a stolen card would learn from it. Source: https://docs.stripe.com/declines/codes */
const keptToOurselves = new Set([
  'fraudulent',
  'highest_risk_level',
  'lost_card',
  'merchant_blacklist',
  'pickup_card',
  'restricted_card',
  'security_violation',
  'stolen_card',
]);
const spoken: Readonly<Record<string, string>> = {
  generic_decline: 'card-declined',
  payment_intent_authentication_failure: 'authentication-failed',
  authentication_required: 'authentication-failed',
};

/** Where a payment intent stands; `none` before it was confirmed. A decline is the end of it, though Stripe would take another card. */
export function answerOf(intent: Stripe.PaymentIntent): ChargeAnswer | { readonly kind: 'none' } {
  switch (intent.status) {
    case 'succeeded':
      return refundsOf(intent).some(isVoid) ? { kind: 'voided' } : { kind: 'captured', chargeId: intent.id };
    case 'canceled':
      return { kind: 'voided' };
    case 'requires_action': {
      const actionUrl = intent.next_action?.redirect_to_url?.url;
      return actionUrl ? { kind: 'requires-action', chargeId: intent.id, actionUrl } : { kind: 'unknown' };
    }
    case 'requires_payment_method':
    case 'requires_confirmation':
      return intent.last_payment_error ? { kind: 'declined', declineCode: declineCodeOf(intent.last_payment_error) } : { kind: 'none' };
    default: // processing; requires_capture, which an intent of ours never comes to
      return { kind: 'unknown' };
  }
}

/** Why Stripe did not charge, in the words of `declineCode`. */
export function declineCodeOf({ decline_code: declined, code }: Pick<StripeFault, 'decline_code' | 'code'>): string {
  const reason = declined ?? code ?? 'card_declined';
  return keptToOurselves.has(reason) ? 'card-declined' : (spoken[reason] ?? reason.replaceAll('_', '-'));
}

/** True when money of the charge was given back before. */
export function isRefunded(intent: Stripe.PaymentIntent): boolean {
  return refundsOf(intent).some((refund) => holds(refund) && !isVoid(refund));
}

/** Where a refund stands. Source: https://docs.stripe.com/api/refunds/object, `status` */
export function refundAnswerOf(refund: Stripe.Refund): RefundAnswer {
  if (!holds(refund)) return 'refused';
  return refund.status === 'pending' || refund.status === 'requires_action' ? 'pending' : 'refunded';
}

/** True for a refund that gives money back, or will. */
export function holds({ status }: Stripe.Refund): boolean {
  return status !== 'failed' && status !== 'canceled';
}

function isVoid(refund: Stripe.Refund): boolean {
  return holds(refund) && refund.metadata?.['void'] === voidMark.metadata.void;
}

function refundsOf(intent: Stripe.PaymentIntent): readonly Stripe.Refund[] {
  return chargeOf(intent)?.refunds?.data ?? [];
}

function chargeOf({ latest_charge: charge }: Stripe.PaymentIntent): Stripe.Charge | undefined {
  return typeof charge === 'object' && charge !== null ? charge : undefined;
}
