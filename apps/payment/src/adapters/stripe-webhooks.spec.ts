import Stripe from 'stripe';
import { stripeWebhooks } from './stripe-webhooks.js';

const [current, previous, foreign] = ['whsec_of_today', 'whsec_of_yesterday', 'whsec_of_somebody_else'] as const;
const intent = {
  id: 'pi_1',
  object: 'payment_intent',
  amount: 5_199,
  metadata: { orderId: 'ord_1', attempt: '1', key: 'ord_1:1' },
  last_payment_error: null,
  status: 'succeeded',
};
const event = (type: string, object: object = intent) => ({
  id: 'evt_1',
  object: 'event',
  api_version: '2026-10-28.endive',
  created: 1_795_262_400,
  data: { object },
  livemode: false,
  type,
});

function signed(payload: string, { seconds = 0, secret = current as string } = {}) {
  const timestamp = Math.floor(Date.now() / 1_000) + seconds;
  return {
    id: '',
    timestamp: '',
    signature: Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp }),
    body: Buffer.from(payload),
  };
}

describe('the webhooks of Stripe', () => {
  const reader = stripeWebhooks([current, previous], Stripe.webhooks);
  const newsOf = (type: string, object?: object) => reader.open(signed(JSON.stringify(event(type, object))));

  it('tell what became of an intent, signed with either live secret, under the id of the event', () => {
    const news = { kind: 'opened', id: 'evt_1', news: { key: 'ord_1:1', answer: { kind: 'captured', chargeId: 'pi_1' } } };
    const body = JSON.stringify(event('payment_intent.succeeded'));
    expect([current, previous].map((secret) => reader.open(signed(body, { secret })))).toEqual([news, news]);
    const refused = {
      ...intent,
      status: 'requires_payment_method',
      last_payment_error: { code: 'card_declined', decline_code: 'insufficient_funds' },
    };
    expect(newsOf('payment_intent.payment_failed', refused)).toEqual({
      kind: 'opened',
      id: 'evt_1',
      news: { key: 'ord_1:1', answer: { kind: 'declined', declineCode: 'insufficient-funds' } },
    });
    const failed = { ...intent, last_payment_error: { code: 'payment_intent_authentication_failure' } };
    expect(newsOf('payment_intent.payment_failed', failed)).toMatchObject({ news: { answer: { declineCode: 'authentication-failed' } } });
    expect(newsOf('payment_intent.canceled')).toMatchObject({ news: { answer: { kind: 'voided' } } });
  });

  it.each(['refund.failed', 'refund.updated', 'charge.refund.updated'])(
    'tell by %s that the money of a refund came back, and nothing else of it',
    (type) => {
      const refund = {
        id: 're_1',
        object: 'refund',
        status: 'failed',
        metadata: { key: 'ref_1' },
        failure_reason: 'expired_or_canceled_card',
      };
      expect(newsOf(type, refund)).toEqual({ kind: 'opened', id: 'evt_1', news: { failedRefund: 'ref_1' } });
      expect(newsOf(type, { ...refund, status: 'canceled' })).toMatchObject({ news: { failedRefund: 'ref_1' } });
      const others = [{ status: 'succeeded' }, { status: 'pending' }, { metadata: {} }, { metadata: null }].map((over) =>
        newsOf(type, { ...refund, ...over }),
      );
      expect(others).toEqual(others.map(() => ({ kind: 'opened', id: 'evt_1', news: null })));
    },
  );

  it('say nothing of what is none of ours, or is told by other means', () => {
    const kinds = [
      newsOf('payment_intent.succeeded', { ...intent, metadata: {} }),
      newsOf('payment_intent.requires_action'),
      newsOf('charge.succeeded', { id: 'ch_1' }),
      newsOf('customer.created', {}),
    ];
    expect(kinds).toEqual(kinds.map(() => ({ kind: 'opened', id: 'evt_1', news: null })));
  });

  it('do not hold without a signature, with another secret or scheme, for another body, or 301 seconds off', () => {
    const body = JSON.stringify(event('payment_intent.succeeded'));
    const good = signed(body);
    const bad = [
      { ...good, signature: '' },
      { ...good, signature: 't=now,v1=00' },
      { ...good, signature: good.signature.replace('v1=', 'v0=') },
      { ...good, signature: good.signature.replace(/t=\d+/, (t) => `${t}0`) },
      { ...good, body: Buffer.from(body.replace('pi_1', 'pi_2')) },
      signed(body, { secret: foreign }),
      signed(body, { seconds: -302 }),
      signed(body, { seconds: 302 }),
    ];
    expect(bad.map((webhook) => reader.open(webhook).kind)).toEqual(bad.map(() => 'signature-invalid'));
    expect([signed(body, { seconds: -290 }), signed(body, { seconds: 290 })].map((webhook) => reader.open(webhook).kind)).toEqual([
      'opened',
      'opened',
    ]);
  });

  it('are refused, not a fault of ours, when they are signed and make no sense', () => {
    const bodies = [
      'no json',
      'null',
      '[]',
      '{"object":"v2.core.event","id":"evt_1"}',
      JSON.stringify(event('payment_intent.succeeded', { id: 7 })),
    ];
    expect(bodies.map((body) => reader.open(signed(body)).kind)).toEqual(bodies.map(() => 'malformed'));
  });
});
