import { createLogger, newUuid, toPublicId } from '@tandem/host';
import { createSpecDatabase, eventually, type SpecDatabase } from '@tandem/host/testing';
import { money } from '@tandem/kernel';
import Stripe from 'stripe';
import { pgNewsInbox } from '../adapters/pg-news-inbox.js';
import { pgAuditFacts } from '../adapters/pg-audit-facts.js';
import { PgPaymentStore } from '../adapters/pg-payment-store.js';
import { stripeBank } from '../adapters/stripe-bank.js';
import { startStripeLike, type StripeLike } from '../adapters/testing/stripe-like.js';
import type { Shape } from '../adapters/testing/stripe-shapes.js';
import { ChargeOrder } from './charge-order.js';
import { FindPayment } from './find-payment.js';
import { HeedNews } from './heed-news.js';
import { PaymentGrpc } from './payment.grpc.js';
import { ReceiveWebhook } from './receive-webhook.js';
import { RefundPayment } from './refund-payment.js';
import { VoidPayment } from './void-payment.js';
import { WorkOffNews } from './work-off-news.js';

const amount = money(1_000n, 'EUR');
const secret = 'whsec_of_the_spec';

describe('payments at Stripe', () => {
  let stripe: StripeLike;
  let db: SpecDatabase;
  let payments: PgPaymentStore;
  let bank: ReturnType<typeof stripeBank>;
  let impatient: ReturnType<typeof stripeBank>;

  beforeAll(async () => {
    [stripe, db] = await Promise.all([startStripeLike(), createSpecDatabase('payment')]);
    payments = new PgPaymentStore(db.database, db.outbox, () => new Date());
    const options = {
      secretKey: 'sk_test_spec',
      webhookSecrets: [secret],
      apiUrl: stripe.url,
      returnUrl: 'https://shop.example/back',
      now: () => new Date(),
      onForbidden: () => undefined,
    };
    [bank, impatient] = [stripeBank({ ...options, deadlineMs: 10_000 }), stripeBank({ ...options, deadlineMs: 300 })];
  });
  afterAll(async () => {
    await Promise.all([bank.close(), impatient.close()]);
    await Promise.all([stripe.stop(), db.drop()]);
  });

  const anOrder = (paymentMethod = 'pm_card_visa') => ({ orderId: newUuid(), attempt: 1, amount, paymentMethod });
  const publicId = ({ orderId }: { orderId: string }) => toPublicId('order', orderId);
  const statusOf = async (wanted: { orderId: string; attempt: number }) => (await payments.find(wanted))?.status;
  const typesOf = async (wanted: { orderId: string }) => (await db.events(publicId(wanted))).map(({ type }) => type);

  /** Takes in what Stripe tells of an order's intent as it stands, however often, and works it off. */
  async function tell(type: string, wanted: { orderId: string }, times = 1): Promise<readonly string[]> {
    const [intent] = stripe.books.intentsOf(publicId(wanted)) as Shape[];
    return hear(type, wanted, intent, times);
  }

  /** The same of anything that belongs to the order. */
  async function hear(type: string, wanted: { orderId: string }, object: Shape | undefined, times = 1): Promise<readonly string[]> {
    const payload = JSON.stringify({ id: `evt_${type}_${wanted.orderId}`, object: 'event', type, data: { object } });
    const webhook = {
      id: '',
      timestamp: '',
      signature: Stripe.webhooks.generateTestHeaderString({ payload, secret }),
      body: Buffer.from(payload),
    };
    const inbox = pgNewsInbox(db.database);
    const receive = new ReceiveWebhook({ readers: [bank.webhooks], inbox, wake: () => undefined });
    const received = await Promise.all(Array.from({ length: times }, () => receive.run('stripe', webhook)));
    await new WorkOffNews(
      inbox,
      new HeedNews({ payments, provider: bank, refundPayment: new RefundPayment(payments, bank) }),
      createLogger('payment-spec', 'silent'),
    ).turn();
    return received.map(({ kind }) => kind).sort();
  }

  it('are charged once, however often the order asks', async () => {
    const wanted = anOrder();
    const charged = await Promise.all([1, 2, 3].map(() => new ChargeOrder(payments, bank).run(wanted)));
    const stored = await payments.find(wanted);
    expect(charged).toEqual(charged.map(() => ({ kind: 'payment', payment: stored })));
    expect([stored?.status, stripe.books.chargesOf(publicId(wanted))]).toEqual(['captured', [{ status: 'captured' }]]);
  });

  it('stay unknown while Stripe is silent, whether it took the money or not; looking finds it, voiding ends it', async () => {
    const [taken, lost] = [anOrder('pm_spec_takes_and_is_silent'), anOrder('pm_spec_is_silent')];
    const silent = new ChargeOrder(payments, impatient);
    const sent = (wanted: typeof taken) =>
      eventually(
        async () => {
          const answer = await silent.run(wanted);
          if (answer.kind === 'unavailable') expect(stripe.books.chargesOf(publicId(wanted))).toEqual([]);
          return answer;
        },
        ({ kind }) => kind !== 'unavailable', // no time was left to confirm it, on a busy machine
      );
    expect([await sent(taken), await sent(lost)]).toMatchObject([{ payment: { status: 'unknown' } }, { payment: { status: 'unknown' } }]);
    expect(await new FindPayment(payments, bank).run(taken)).toMatchObject({ status: 'captured' });
    expect(await new VoidPayment(payments, bank).run(lost, amount)).toMatchObject({ payment: { status: 'voided' } });
    expect(stripe.books.chargesOf(publicId(lost))).toEqual([]);
  });

  it('end voided when a charge and a void race, and then no money stays taken', async () => {
    const orders = Array.from({ length: 12 }, () => anOrder());
    const [charge, voiding] = [new ChargeOrder(payments, bank), new VoidPayment(payments, bank)];
    await Promise.all(
      orders.map((wanted, n) =>
        Promise.all(n % 2 === 0 ? [charge.run(wanted), voiding.run(wanted, amount)] : [voiding.run(wanted, amount), charge.run(wanted)]),
      ),
    );
    expect(await Promise.all(orders.map(statusOf))).toEqual(orders.map(() => 'voided'));
    expect(orders.flatMap((wanted) => stripe.books.chargesOf(publicId(wanted))).filter(({ status }) => status !== 'voided')).toEqual([]);
  });

  it('give back no more than was captured when refunds race', async () => {
    const wanted = anOrder();
    await new ChargeOrder(payments, bank).run(wanted);
    const refund = new RefundPayment(payments, bank);
    const ends = await Promise.all(
      Array.from({ length: 12 }, () => refund.run({ refundId: newUuid(), giving: 1, orderId: wanted.orderId, amount: money(100n, 'EUR') })),
    );
    expect([
      ends.filter(({ kind }) => kind === 'refunded').length,
      ends.filter(({ kind }) => kind === 'refused').length,
      stripe.books.refundedMinor(publicId(wanted)),
    ]).toEqual([10, 2, 1_000]);
  });

  it('are not given back while Stripe has the refund in hand; given, they may come back, and that is told once', async () => {
    const wanted = anOrder();
    await new ChargeOrder(payments, bank).run(wanted);
    const [refund, command] = [new RefundPayment(payments, bank), { refundId: newUuid(), giving: 1, orderId: wanted.orderId, amount }];
    stripe.books.refundsBegin = 'pending';
    const inHand = { kind: 'pending', amount, remainingMinor: 0n };
    expect([await refund.run(command), await refund.run(command), await typesOf(wanted)]).toEqual([inHand, inHand, []]);
    const kinds = async () =>
      (await pgAuditFacts(db.database).page('', 1_000)).facts.filter(({ subject }) => subject === publicId(wanted)).map(({ kind }) => kind);
    expect((await kinds()).sort()).toEqual(['payment.captured', 'payment.refund-in-hand']);
    // The order hears it as what it is; one of before, which names no giving and takes every answer for a gift, that it has to ask again.
    const asked = {
      orderId: publicId(wanted),
      refundId: toPublicId('refund', command.refundId),
      amount: { amount: '1000', currency: 'EUR' },
    };
    const unused = undefined as never;
    const grpc = new PaymentGrpc(unused, unused, refund, unused, unused);
    expect(await grpc.refund({ ...asked, giving: 1 })).toMatchObject({ status: 'pending' });
    await expect(grpc.refund({ ...asked, giving: 0 })).rejects.toMatchObject({ problem: { code: 'payment-unavailable' } });
    stripe.books.refundsBegin = 'succeeded';
    stripe.books.endRefunds(publicId(wanted), 'succeeded');
    const given = { kind: 'refunded', amount, remainingMinor: 0n };
    expect([await refund.run(command), await refund.run(command), await typesOf(wanted)]).toEqual([given, given, ['payment.refunded.v1']]);
    const failed = stripe.books.endRefunds(publicId(wanted), 'failed');
    expect([await hear('refund.failed', wanted, failed, 5), await hear('charge.refund.updated', wanted, failed)]).toEqual([
      [...Array<string>(4).fill('repeated'), 'taken'],
      ['taken'],
    ]);
    const told = await db.events(publicId(wanted));
    expect(told.map(({ type, data }) => [type, data['remaining']])).toEqual([
      ['payment.refunded.v1', { amount: 0, currency: 'EUR' }],
      ['payment.refund-failed.v1', { amount: 1_000, currency: 'EUR' }],
    ]);
    expect(await kinds()).toEqual(['payment.captured']);
    // Whoever was on the way with Stripe's first answer ends nothing, and asks in vain.
    const payment = await payments.find(wanted);
    if (payment) await payments.settleRefund(command, { payment, amount });
    expect([await refund.run(command), stripe.books.refundedMinor(publicId(wanted))]).toEqual([
      { kind: 'refused', because: 'came-back' },
      0,
    ]);
    // Given again it is the same refund, by another key, once; and the news of the first giving is old.
    const again = { ...command, giving: 2 };
    expect([
      await refund.run(again),
      await refund.run(again),
      await refund.run({ ...again, giving: 3 }),
      await refund.run(command),
    ]).toEqual([given, given, given, given]);
    expect(stripe.books.refundedMinor(publicId(wanted))).toBe(1_000);
    expect(await hear('refund.updated', wanted, failed)).toEqual(['taken']);
    expect((await db.events(publicId(wanted))).map(({ type, data }) => [type, data['refundId']])).toEqual(
      ['payment.refunded.v1', 'payment.refund-failed.v1', 'payment.refunded.v1'].map((type) => [
        type,
        toPublicId('refund', command.refundId),
      ]),
    );
    // It may come back once more; and what Stripe refuses then waits for the next giving.
    stripe.books.endRefunds(publicId(wanted), 'failed');
    const heed = new HeedNews({ payments, provider: bank, refundPayment: refund });
    expect(await heed.run({ failedRefund: `${toPublicId('refund', command.refundId)}:2` })).toEqual({ kind: 'heeded' });
    await payments.openRefund({ ...again, giving: 3 });
    await payments.dropRefund({ ...again, giving: 3 });
    expect([await refund.run({ ...again, giving: 3 }), await refund.run({ ...again, giving: 4 })]).toEqual([
      { kind: 'refused', because: 'came-back' },
      given,
    ]);
  });

  it('leave the news of a failure owed while the refund has no end here, which it may be on its way to', async () => {
    const wanted = anOrder();
    await new ChargeOrder(payments, bank).run(wanted);
    const refundId = newUuid();
    const opened = await payments.openRefund({ refundId, giving: 1, orderId: wanted.orderId, amount });
    const heed = new HeedNews({ payments, provider: bank, refundPayment: new RefundPayment(payments, bank) });
    const news = { failedRefund: toPublicId('refund', refundId) };
    await expect(heed.run(news)).rejects.toThrow('is still open');
    if (opened.kind === 'opened') await payments.settleRefund({ refundId, giving: 1 }, opened);
    expect([await heed.run(news), await heed.run(news), await heed.run({ failedRefund: 'ref_1' })]).toEqual([
      { kind: 'heeded' },
      { kind: 'known-already' },
      { kind: 'unknown-payment' },
    ]);
  });

  it('that wait for a challenge end by webhook: told once, a hundred repeats or not, in any order', async () => {
    const wanted = anOrder('pm_card_threeDSecure2Required');
    expect(await new ChargeOrder(payments, bank).run(wanted)).toMatchObject({
      payment: { status: 'requires-action', actionUrl: expect.stringContaining('https://hooks.stripe.com/') as string },
    });
    stripe.books.answerChallenge(publicId(wanted), 'approve');
    expect(await tell('payment_intent.succeeded', wanted, 100)).toEqual([...Array<string>(99).fill('repeated'), 'taken']);
    expect([await tell('payment_intent.requires_action', wanted), await tell('payment_intent.payment_failed', wanted)]).toEqual([
      ['none-of-ours'],
      ['taken'],
    ]);
    expect([await statusOf(wanted), await typesOf(wanted)]).toEqual(['captured', ['payment.captured.v1']]);
  });

  it('that were declined and are paid all the same, by a shopper who went on at Stripe, are given back', async () => {
    const wanted = anOrder('pm_card_threeDSecure2Required');
    await new ChargeOrder(payments, bank).run(wanted);
    stripe.books.answerChallenge(publicId(wanted), 'fail');
    await tell('payment_intent.payment_failed', wanted);
    expect(await statusOf(wanted)).toBe('declined');
    stripe.books.answerChallenge(publicId(wanted), 'approve');
    await tell('payment_intent.succeeded', wanted);
    expect([await statusOf(wanted), stripe.books.chargesOf(publicId(wanted))]).toEqual(['declined', [{ status: 'voided' }]]);
  });
});
