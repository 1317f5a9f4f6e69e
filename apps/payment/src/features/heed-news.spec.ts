import { createLogger, newUuid, toPublicId } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { money } from '@tandem/kernel';
import { Webhook } from 'standardwebhooks';
import { pgNewsInbox } from '../adapters/pg-news-inbox.js';
import { PgPaymentStore } from '../adapters/pg-payment-store.js';
import { sandboxWebhooks } from '../adapters/sandbox-webhooks.js';
import type { Payment } from '../domain/payment.js';
import type { PaymentProvider } from '../domain/payment-provider.js';
import { keyOf } from './charge-order.js';
import { HeedNews } from './heed-news.js';
import { ReceiveWebhook } from './receive-webhook.js';
import { RefundPayment } from './refund-payment.js';
import { WorkOffNews } from './work-off-news.js';

const amount = money(1_000n, 'EUR');
const secret = `whsec_${Buffer.from('the secret of today, of the specs').toString('base64')}`;

/** A bank that has charged every key and does not void any more. */
function stubbornBank(over: Partial<PaymentProvider> = {}): PaymentProvider & { readonly refunds: string[] } {
  const refunds: string[] = [];
  return {
    charge: () => Promise.resolve({ kind: 'unknown' }),
    find: () => Promise.resolve({ kind: 'captured', chargeId: 'ch_late' }),
    refund: ({ key }) => Promise.resolve((refunds.push(key), 'refunded' as const)),
    void: () => Promise.resolve('refused'),
    ...over,
    refunds,
  };
}

describe('news of a provider', () => {
  let db: SpecDatabase;
  let payments: PgPaymentStore;
  beforeAll(async () => {
    db = await createSpecDatabase('payment');
    payments = new PgPaymentStore(db.database, db.outbox, () => new Date());
  });
  afterAll(() => db.drop());

  const heeding = (provider: PaymentProvider = stubbornBank()) =>
    new HeedNews({ payments, provider, refundPayment: new RefundPayment(payments, provider) });
  const open = () => payments.open({ orderId: newUuid(), attempt: 1, amount, paymentMethod: 'pm_card_3ds' });
  const typesOf = async ({ orderId }: Payment) => (await db.events(toPublicId('order', orderId))).map(({ type }) => type);
  const statusOf = async (payment: Payment) => (await payments.find(payment))?.status;
  const captured = (payment: Payment) => ({ key: keyOf(payment), answer: { kind: 'captured', chargeId: 'ch_late' } }) as const;

  it('ends an open payment and tells the order, once, however often and in whatever order they come', async () => {
    const payment = await open();
    await payments.settle(payment.id, { status: 'requires-action', actionUrl: 'http://bank/challenge' });
    const declined = { key: keyOf(payment), answer: { kind: 'declined', declineCode: 'late' } } as const;
    const heed = heeding();
    expect([await heed.run(captured(payment)), await heed.run(captured(payment)), await heed.run(declined)]).toEqual([
      { kind: 'heeded' },
      { kind: 'known-already' },
      { kind: 'known-already' },
    ]);
    expect([await statusOf(payment), await typesOf(payment)]).toEqual(['captured', ['payment.captured.v1']]);
  });

  it('knows nothing of keys that are none of ours', async () => {
    const keys = ['', 'ord_1:1', `${toPublicId('order', newUuid())}:1`, 'other:7'];
    expect(await Promise.all(keys.map((key) => heeding().run({ key, answer: { kind: 'captured', chargeId: 'ch_1' } })))).toEqual(
      keys.map(() => ({ kind: 'unknown-payment' })),
    );
  });

  it('returns money that was taken after the payment was voided: once, also when we die in between', async () => {
    const payment = await open();
    await payments.settle(payment.id, { status: 'voided' });
    const dying = stubbornBank({ refund: () => Promise.reject(new Error('killed')) });
    await expect(heeding(dying).run(captured(payment))).rejects.toThrow('killed');
    const bank = stubbornBank();
    expect([await heeding(bank).run(captured(payment)), await heeding(bank).run(captured(payment))]).toEqual([
      { kind: 'returned' },
      { kind: 'returned' },
    ]);
    expect(new Set(bank.refunds)).toEqual(new Set([toPublicId('refund', payment.id)]));
    expect(await typesOf(payment)).toEqual(['payment.refunded.v1']);
  });

  it('stays owed while the bank has the returned money in hand, is looked at ever less often, up to every ten minutes, and warns nobody', async () => {
    const payment = await open();
    await payments.settle(payment.id, { status: 'voided' });
    const inbox = pgNewsInbox(db.database);
    await inbox.take('stripe', `evt_${payment.id}`, captured(payment));
    const warned: unknown[] = [];
    const logger = { warn: (...line: unknown[]) => warned.push(line) } as never;
    const turn = async (bank: PaymentProvider) => {
      await db.pool.query('UPDATE provider_news SET due_at = now(), attempts = 40 WHERE handled_at IS NULL');
      await new WorkOffNews(inbox, heeding(bank), logger).turn();
      return (
        await db.pool.query(
          `SELECT round(extract(epoch FROM due_at - now()) / 10)::int * 10 AS seconds, last_error, handled_at IS NOT NULL AS is_handled
           FROM provider_news WHERE webhook_id = $1`,
          [`evt_${payment.id}`],
        )
      ).rows[0] as unknown;
    };
    const inHand = { seconds: 600, last_error: 'the provider has the refund in hand', is_handled: false };
    expect(await turn(stubbornBank({ refund: () => Promise.resolve('pending') }))).toEqual(inHand);
    expect([await turn(stubbornBank()), warned]).toMatchObject([{ is_handled: true }, []]);
  });

  it('leaves money that was returned and came back to the order, which is told: it is given again when the order asks', async () => {
    const payment = await open();
    await payments.settle(payment.id, { status: 'voided' });
    const bank = stubbornBank();
    await heeding(bank).run(captured(payment));
    const key = toPublicId('refund', payment.id);
    expect([await heeding(bank).run({ failedRefund: key }), await heeding(bank).run(captured(payment))]).toEqual([
      { kind: 'heeded' },
      { kind: 'known-already' },
    ]);
    const again = { refundId: payment.id, giving: 2, orderId: payment.orderId, amount };
    expect((await new RefundPayment(payments, bank).run(again)).kind).toBe('refunded');
    expect(bank.refunds).toEqual([key, `${key}:2`]);
    expect(await typesOf(payment)).toEqual(['payment.refunded.v1', 'payment.refund-failed.v1', 'payment.refunded.v1']);
  });

  it('changes nothing when the bank has voided a charge of which it tells late', async () => {
    const payment = await open();
    await payments.settle(payment.id, { status: 'voided' });
    expect(await heeding(stubbornBank({ find: () => Promise.resolve({ kind: 'voided' }) })).run(captured(payment))).toEqual({
      kind: 'known-already',
    });
    expect([await statusOf(payment), await typesOf(payment)]).toEqual(['voided', []]);
  });

  it('stays owed while the bank does not return what it took too late, and is returned once it does', async () => {
    const payment = await open();
    await payments.settle(payment.id, { status: 'voided' });
    const refusing = stubbornBank({ refund: () => Promise.resolve('refused') });
    await expect(heeding(refusing).run(captured(payment))).rejects.toThrow('does not return the money');
    await expect(heeding(refusing).run(captured(payment))).rejects.toThrow('does not return the money');
    expect([await heeding().run(captured(payment)), await typesOf(payment)]).toEqual([{ kind: 'returned' }, ['payment.refunded.v1']]);
  });

  it('waits while the bank is away and the end depends on it', async () => {
    const payment = await open();
    await payments.settle(payment.id, { status: 'voided' });
    await expect(heeding(stubbornBank({ find: () => Promise.resolve({ kind: 'unavailable' }) })).run(captured(payment))).rejects.toThrow(
      'does not say',
    );
  });

  it('is taken in once per webhook id and worked off behind the answer, a hundred repeats or not', async () => {
    const payment = await open();
    const inbox = pgNewsInbox(db.database);
    const working = new WorkOffNews(inbox, heeding(), createLogger('payment-spec', 'silent'));
    const receive = new ReceiveWebhook({ readers: [sandboxWebhooks([secret])], inbox, wake: () => undefined });
    const body = JSON.stringify({
      type: 'charge.captured',
      data: { chargeId: 'ch_1', idempotencyKey: keyOf(payment), status: 'captured' },
    });
    const at = new Date();
    const webhook = {
      id: `msg_${payment.id}`,
      timestamp: String(Math.floor(at.getTime() / 1_000)),
      signature: new Webhook(secret).sign(`msg_${payment.id}`, at, body),
      body: Buffer.from(body),
    };
    const received = await Promise.all(Array.from({ length: 100 }, () => receive.run('sandbox', webhook)));
    await working.turn();
    expect(await statusOf(payment)).toBe('captured');
    expect(received.map(({ kind }) => kind).sort()).toEqual([...Array<string>(99).fill('repeated'), 'taken']);
    expect(await typesOf(payment)).toEqual(['payment.captured.v1']);
    expect([await receive.run('nobody', webhook), await receive.run('sandbox', { ...webhook, signature: 'v1,x' })]).toEqual([
      { kind: 'refused', because: 'unknown-provider' },
      { kind: 'refused', because: 'signature-invalid' },
    ]);
  });

  it('of a refund is nothing that a replica of the release before finds: it would count it as handled', async () => {
    const inbox = pgNewsInbox(db.database);
    const news = { failedRefund: toPublicId('refund', newUuid()) };
    expect([await inbox.take('stripe', 'evt_1', news), await inbox.take('stripe', 'evt_1', news)]).toEqual([true, false]);
    const takeDueOfBefore = `UPDATE provider_news SET attempts = attempts + 1, due_at = now() + interval '30 seconds' WHERE (provider, webhook_id) IN (
      SELECT provider, webhook_id FROM provider_news WHERE handled_at IS NULL AND due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
    RETURNING provider, webhook_id AS "webhookId", news, attempts`;
    expect((await db.pool.query(takeDueOfBefore, [20])).rows).toEqual([]);
    const owed = { provider: 'stripe', webhookId: 'evt_1', news, attempts: 1 };
    expect(await inbox.takeDue(20)).toEqual([owed]);
    await inbox.postpone(owed, 'the refund is still open', 0);
    expect(await inbox.takeDue(20)).toEqual([{ ...owed, attempts: 2 }]);
    await inbox.settle(owed);
    expect(await inbox.takeDue(20)).toEqual([]);
    await inbox.prune(0);
    expect(await inbox.take('stripe', 'evt_1', news)).toBe(true);
  });
});
