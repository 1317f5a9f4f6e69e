import { randomBytes } from 'node:crypto';

/** An object of Stripe's API, as it is on the wire. */
export type Shape = Record<string, unknown> & { id: string };
export type Said = { readonly status: number; readonly body: Record<string, unknown> };

export function idOf(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`;
}

/** A payment intent as it is answered after it was made. Source: https://docs.stripe.com/api/payment_intents/object */
export function intentShape(amount: number, currency: string, metadata: Record<string, string>): Shape {
  const id = idOf('pi');
  return {
    id,
    object: 'payment_intent',
    amount,
    amount_capturable: 0,
    amount_received: 0,
    application: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic',
    client_secret: `${id}_secret_${randomBytes(8).toString('hex')}`,
    confirmation_method: 'automatic',
    created: Math.floor(Date.now() / 1_000),
    currency,
    customer: null,
    description: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    metadata,
    next_action: null,
    payment_method: null,
    payment_method_types: ['card'],
    receipt_email: null,
    setup_future_usage: null,
    shipping: null,
    status: 'requires_payment_method',
  };
}

/** Source: https://docs.stripe.com/api/charges/object, with its refunds expanded. */
export function chargeShape(intent: Shape, refunds: readonly Shape[]): Shape {
  return {
    id: idOf('ch'),
    object: 'charge',
    amount: intent['amount'],
    captured: true,
    currency: intent['currency'],
    livemode: false,
    paid: true,
    payment_intent: intent.id,
    refunds: { object: 'list', data: refunds, has_more: false },
    status: 'succeeded',
  };
}

/** Source: https://docs.stripe.com/api/refunds/object */
export function refundShape(intent: Shape, amount: number, metadata: Record<string, string>): Shape {
  return {
    id: idOf('re'),
    object: 'refund',
    amount,
    charge: null,
    created: Math.floor(Date.now() / 1_000),
    currency: intent['currency'],
    metadata,
    payment_intent: intent.id,
    reason: null,
    status: 'succeeded',
  };
}

/** Source: https://docs.stripe.com/api/errors */
export function errorShape(status: number, error: Record<string, unknown>): Said {
  return { status, body: { error: { message: 'as Stripe words it', ...error } } };
}

/** A card error and the intent it leaves behind. Source: https://docs.stripe.com/error-codes#card-declined */
export function declinedShape(intent: Shape, declineCode: string): Said {
  const error = {
    type: 'card_error',
    code: 'card_declined',
    decline_code: declineCode,
    charge: idOf('ch'),
    doc_url: 'https://docs.stripe.com/error-codes/card-declined',
  };
  Object.assign(intent, { status: 'requires_payment_method', last_payment_error: error });
  return errorShape(402, { ...error, payment_intent: intent });
}
