import { parsePublicId } from '@tandem/host';
import type { Now } from '@tandem/kernel';
import type { Registry } from 'prom-client';
import Stripe from 'stripe';
import { Agent, fetch } from 'undici';
import { type Charge, type ChargeAnswer, PaymentMethods, type PaymentProvider, type RefundAnswer } from '../domain/payment-provider.js';
import type { WebhookReader } from '../domain/provider-news.js';
import { lineToBank, places } from './bank-line.js';
import { type Ask, isAway, type Spoken, stripeCalls, type StripeCallsParts } from './stripe-calls.js';
import { answerOf, declineCodeOf, isRefunded, refundAnswerOf, voidMark, whole } from './stripe-intents.js';
import { stripeWebhooks } from './stripe-webhooks.js';

export type StripeBankOptions = {
  readonly secretKey: string;
  readonly webhookSecrets: readonly string[];
  readonly apiUrl: string;
  /** Where Stripe sends a shopper back to after a challenge. */
  readonly returnUrl: string;
  /** How long a call waits for Stripe, its place in the queue and its tries included. */
  readonly deadlineMs: number;
  readonly now: Now;
  readonly registry?: Registry;
  readonly onForbidden: StripeCallsParts['onForbidden'];
};

/** Stripe's own ids: a card that a page collected with Stripe's script. Whether there is one is found out when it is charged. */
export const stripeMethods = new PaymentMethods(/^pm_\w{1,97}$/, 'wants the id of a payment method of Stripe, pm_…');

/** Stripe forgets a key after 24 hours at the earliest (https://docs.stripe.com/api/idempotent_requests); an hour for clocks and attempts. */
const rememberedMs = 23 * 3_600_000;
/** How often a charge or a void may look at the intent and go on from there. */
const mostTurns = 4;

/**
 * Stripe, by PaymentIntents. The intent of a key is made first and confirmed second: making it moves no money and is idempotent by the key, so whoever has the
 * key can get at the one intent that may charge, and Stripe itself sees to it that an intent charges once. See docs/adr/0019-stripe-in-two-steps.md.
 */
export function stripeBank(options: StripeBankOptions): PaymentProvider & { readonly webhooks: WebhookReader; close(): Promise<void> } {
  const { deadlineMs, returnUrl } = options;
  const agent = new Agent({ connections: places.atOnce, connect: { timeout: 2_000 } });
  const stripe = clientOf(options, agent);
  const ask = stripeCalls({ line: lineToBank({ isAway, registry: options.registry }), onForbidden: options.onForbidden });
  const desk = { stripe, ask, now: options.now };
  const until = (): number => performance.now() + deadlineMs;
  return {
    charge: async (charge) => {
      const untilMs = until();
      const found = await intentOf(desk, charge, untilMs);
      if (found.kind === 'refused') return { kind: 'declined', declineCode: declineCodeOf(found.fault) };
      if (found.kind !== 'said') return { kind: 'unavailable' }; // an intent that is not confirmed takes nothing
      return confirmed(desk, found.said, { charge, returnUrl, untilMs });
    },
    find: async (charge) => {
      const found = await intentOf(desk, charge, until());
      if (found.kind === 'refused') return { kind: 'none' };
      return found.kind === 'said' ? answerOf(found.said) : { kind: 'unavailable' };
    },
    refund: (refund) => refunded(desk, refund, until()),
    void: async (charge) => {
      const untilMs = until();
      const found = await intentOf(desk, charge, untilMs);
      if (found.kind === 'refused') return 'refused';
      return found.kind === 'said' ? voided(desk, found.said, { charge, untilMs }) : 'unavailable';
    },
    webhooks: stripeWebhooks(options.webhookSecrets, stripe.webhooks),
    close: () => agent.close(),
  };
}

type Desk = { readonly stripe: Stripe; readonly ask: Ask; readonly now: Now };
type Intent = Stripe.PaymentIntent;

function clientOf({ secretKey, apiUrl }: StripeBankOptions, agent: Agent): Stripe {
  const { protocol, hostname, port } = new URL(apiUrl);
  return new Stripe(secretKey, {
    protocol: protocol === 'http:' ? 'http' : 'https',
    host: hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    httpClient: Stripe.createFetchHttpClient(((url: string, init: object) =>
      fetch(url, { ...init, dispatcher: agent })) as unknown as typeof globalThis.fetch),
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

/** The intent of a key as it stands now, made when there is none. Of an order older than Stripe's memory of keys it is searched for first. */
async function intentOf(desk: Desk, charge: Charge, untilMs: number): Promise<Spoken<Intent>> {
  if (charge.chargeId !== null) return retrieved(desk, charge.chargeId, untilMs);
  if (desk.now().getTime() - bornMs(charge.orderId) > rememberedMs) {
    const searched = await searchedFor(desk, charge, untilMs);
    if (searched.kind !== 'none') return searched;
  }
  const made = await desk.ask((call) => desk.stripe.paymentIntents.create(wishOf(charge), call), { untilMs, key: charge.key });
  if (made.kind === 'said') return made.isReplayed ? retrieved(desk, made.said.id, untilMs) : made;
  if (made.kind !== 'refused' || made.fault.rawType !== 'idempotency_error') return made;
  const searched = await searchedFor(desk, charge, untilMs); // made by another version of this, which asked in other words
  return searched.kind === 'none' ? { kind: 'away' } : searched;
}

/** Nothing that may differ from one asking to the next: Stripe refuses a key that comes with other words. */
function wishOf({ key, orderId, amount }: Charge): Stripe.PaymentIntentCreateParams {
  return {
    amount: Number(amount.minor),
    currency: amount.currency.toLowerCase(),
    allowed_payment_method_types: ['card'],
    capture_method: 'automatic',
    metadata: { orderId, attempt: key.slice(key.lastIndexOf(':') + 1), key },
  };
}

function retrieved({ stripe, ask }: Desk, id: string, untilMs: number): Promise<Spoken<Intent>> {
  return ask((call) => stripe.paymentIntents.retrieve(id, { expand: whole }, call), { untilMs });
}

/** By metadata; complete after a minute or so, which is why younger keys are not looked up like this. Source: https://docs.stripe.com/search */
async function searchedFor(desk: Desk, { key }: Charge, untilMs: number): Promise<Spoken<Intent> | { readonly kind: 'none' }> {
  const searched = await desk.ask((call) => desk.stripe.paymentIntents.search({ query: `metadata['key']:'${key}'` }, call), { untilMs });
  if (searched.kind !== 'said') return searched.kind === 'refused' ? { kind: 'away' } : searched;
  const intents = searched.said.data;
  const found = intents.find((intent) => answerOf(intent).kind !== 'none') ?? intents[0];
  return found ? retrieved(desk, found.id, untilMs) : { kind: 'none' };
}

type Confirming = { readonly charge: Charge; readonly returnUrl: string; readonly untilMs: number };

/** Confirms an intent until it says how it ended. Stripe repeats a 5xx to the key it gave it to, so after one it looks at the intent, and goes on by another. */
async function confirmed(desk: Desk, first: Intent, { charge, returnUrl, untilMs }: Confirming): Promise<ChargeAnswer> {
  let mayHaveCharged = false;
  let intent = first;
  for (let turn = 1; turn <= mostTurns; turn += 1) {
    const answer = answerOf(intent);
    if (answer.kind !== 'none') return answer;
    const wish = { payment_method: charge.paymentMethod, return_url: returnUrl, expand: whole };
    const spoken = await desk.ask((call) => desk.stripe.paymentIntents.confirm(first.id, wish, call), {
      untilMs,
      key: `${charge.key}:confirm:${turn}`,
      isFailureSaved: true,
    });
    if (spoken.kind === 'said') return known(answerOf(spoken.said));
    if (spoken.kind === 'refused' && spoken.fault.code !== 'payment_intent_unexpected_state')
      return { kind: 'declined', declineCode: declineCodeOf(spoken.fault) };
    mayHaveCharged ||= spoken.kind === 'failed' || spoken.kind === 'silent';
    const now = spoken.kind === 'away' ? spoken : await retrieved(desk, first.id, untilMs);
    if (now.kind !== 'said') break;
    intent = now.said;
  }
  return { kind: mayHaveCharged ? 'unknown' : 'unavailable' };
}

function known(answer: ReturnType<typeof answerOf>): ChargeAnswer {
  return answer.kind === 'none' ? { kind: 'unknown' } : answer;
}

/** An intent that has taken money gives all of it back, any other is cancelled. It may change under way: then it is looked at again. */
async function voided(
  desk: Desk,
  first: Intent,
  { charge, untilMs }: { readonly charge: Charge; readonly untilMs: number },
): Promise<'voided' | 'refused' | 'unavailable'> {
  let intent = first;
  for (let turn = 1; turn <= mostTurns; turn += 1) {
    const { kind } = answerOf(intent);
    if (kind === 'voided') return 'voided';
    if (kind === 'declined' || isRefunded(intent)) return 'refused';
    const back = { payment_intent: intent.id, amount: intent.amount, ...voidMark };
    const spoken =
      kind === 'captured'
        ? await desk.ask((call) => desk.stripe.refunds.create(back, call), { untilMs, key: `${charge.key}:void` })
        : await desk.ask((call) => desk.stripe.paymentIntents.cancel(intent.id, {}, call), { untilMs });
    if (spoken.kind !== 'said' && spoken.kind !== 'refused') return 'unavailable';
    const now = await retrieved(desk, intent.id, untilMs);
    if (now.kind !== 'said') return 'unavailable';
    intent = now.said;
  }
  return 'unavailable';
}

type Refund = Parameters<PaymentProvider['refund']>[0];

/** Looks before it gives back: Stripe forgets the key of a refund that is owed for days, and repeats its first answer to it until then, whatever has become of the refund. */
async function refunded({ stripe, ask }: Desk, { key, chargeId, amount }: Refund, untilMs: number): Promise<RefundAnswer> {
  const given = await ask((call) => stripe.refunds.list({ payment_intent: chargeId, limit: 100 }, call), { untilMs });
  if (given.kind !== 'said') return given.kind === 'refused' ? 'refused' : 'unavailable';
  const earlier = given.said.data.find((refund) => refund.metadata?.['key'] === key);
  if (earlier) return refundAnswerOf(earlier);
  const spoken = await ask(
    (call) => stripe.refunds.create({ payment_intent: chargeId, amount: Number(amount.minor), metadata: { key } }, call),
    { untilMs, key },
  );
  if (spoken.kind === 'said') return refundAnswerOf(spoken.said);
  return spoken.kind === 'refused' ? 'refused' : 'unavailable';
}

/** When an order was made, by its id (a UUIDv7, RFC 9562); the beginning of time for one that is none of ours. */
function bornMs(orderId: string): number {
  return Number.parseInt(parsePublicId('order', orderId)?.replaceAll('-', '').slice(0, 12) ?? '0', 16);
}
