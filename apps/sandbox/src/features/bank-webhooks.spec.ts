import { freePort } from '@tandem/host/testing';
import { type SandboxUnderTest, startSandbox, webhookSecret } from '../testing/sandbox-under-test.js';
import { startTaker, type WebhookTaker } from '../testing/webhook-taker.js';

describe('the webhooks of the bank', () => {
  let sandbox: SandboxUnderTest;
  let shop: WebhookTaker;
  beforeAll(async () => {
    const shopPort = await freePort();
    sandbox = await startSandbox({ PAYMENT_WEBHOOK_URL: `http://127.0.0.1:${shopPort}/hook`, PAYMENT_WEBHOOK_SECRET: webhookSecret });
    shop = await startTaker(shopPort);
  });
  afterAll(async () => {
    await sandbox.end();
    await shop.close();
  });

  const charge = (key: string, paymentMethod: string) =>
    sandbox.http
      .post('/bank/charges')
      .set('idempotency-key', key)
      .send({ orderId: `ord_${key}`, amount: { amount: 1999, currency: 'EUR' }, paymentMethod })
      .expect(201);
  const told = (key: string) => shop.taken.filter(({ body }) => (body['data'] as { idempotencyKey: string }).idempotencyKey === key);

  it('come before the answer with pm_card_webhook_first', async () => {
    const { body } = await charge('first', 'pm_card_webhook_first');
    expect(told('first')).toEqual([
      { id: `msg_${body.id}_captured`, status: 200, body: expect.objectContaining({ type: 'charge.captured' }) },
    ]);
  });

  it('come twice with the same id with pm_card_duplicate_webhook', async () => {
    const before = (await shop.accepted(0)).length;
    await charge('twice', 'pm_card_duplicate_webhook');
    await shop.accepted(before + 2);
    const [one, other] = told('twice');
    expect(one).toEqual(other);
    expect(told('twice')).toHaveLength(2);
  });

  it('tell how a challenge ended, once', async () => {
    const before = (await shop.accepted(0)).length;
    const { body } = await charge('ended', 'pm_card_3ds');
    await sandbox.http.post(`/bank/challenges/${body.id}`).send({ outcome: 'fail' }).expect(200);
    await sandbox.http.post(`/bank/challenges/${body.id}`).send({ outcome: 'approve' }).expect(200);
    await shop.accepted(before + 1);
    expect(told('ended').map(({ body: said }) => said)).toMatchObject([
      {
        type: 'charge.declined',
        data: { chargeId: body.id, orderId: 'ord_ended', status: 'declined', declineCode: 'authentication-failed' },
      },
    ]);
  });

  it('do not come for an ordinary charge', async () => {
    await charge('plain', 'pm_card_visa');
    await charge('marker', 'pm_card_webhook_first');
    expect(told('plain')).toEqual([]);
  });
});
