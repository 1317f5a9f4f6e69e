import { guest, newCustomer, staff, type Shopper } from '../client/shopper.js';
import { stockOf } from '../client/stock.js';
import { until } from '../client/until.js';
import { productOfItsOwn } from '../client/world.js';
import { target } from '../target.js';

const { shop, sandbox, outside } = target();
let clerk: Shopper;

beforeAll(async () => {
  clerk = await staff(shop);
});
afterAll(async () => {
  await shop.close();
  await sandbox.close();
});

/** A cart with the only two units of a product. */
async function lastUnits(shopper: Shopper): Promise<{ cartId: string; variantId: string }> {
  const { variantId } = await productOfItsOwn(clerk, 2);
  const cartId = await shopper.newCart();
  await shopper.add(cartId, variantId, 2);
  return { cartId, variantId };
}

async function isWhole(variantId: string): Promise<boolean> {
  const { onHand, reserved } = await stockOf(clerk, variantId);
  return onHand === 2 && reserved === 0;
}

/** The order, its history, the bank and the stock say the same: bought once. */
async function isSold(shopper: Shopper, orderId: string, variantId: string): Promise<void> {
  const { status, payment, total } = await shopper.order(orderId);
  expect([status, payment.status, payment.amount]).toEqual(['confirmed', 'captured', total]);
  expect(await outside.charges(orderId)).toEqual([expect.objectContaining({ status: 'captured', amount: total })]);
  expect((await shopper.events(orderId)).filter(({ type }) => type === 'order.confirmed')).toHaveLength(1);
  expect(await stockOf(clerk, variantId)).toMatchObject({ onHand: 0, reserved: 0 });
}

/** The bank's webhook wakes a waiting checkout; without it somebody looks every 30 s. */
const byWebhookMs = 20_000;

describe('a card that asks for a challenge', () => {
  it('is answered with its address, and confirmed within seconds once the shopper approves; a second outcome changes nothing', async () => {
    const shopper = await newCustomer(shop);
    const { cartId, variantId } = await lastUnits(shopper);
    const waiting = await shopper.checkout(cartId, { paymentMethod: 'pm_card_3ds', email: shopper.email });
    expect([waiting.status, waiting.body.status, waiting.headers['location']]).toEqual([
      202,
      'requires-action',
      `/v1/orders/${waiting.body.id}`,
    ]);
    expect(waiting.body.nextAction).toEqual({ type: 'redirect', url: expect.stringMatching(/^http/) });
    const { pathname } = new URL(waiting.body.nextAction.url);
    expect((await sandbox('POST', pathname, { body: { outcome: 'approve' } })).status).toBe(200);
    const order = await until(
      'confirmed',
      async () => {
        const seen = await shopper.order(waiting.body.id);
        return seen.status === 'confirmed' && seen;
      },
      byWebhookMs,
    );
    expect(order.payment).toMatchObject({ status: 'captured', amount: order.total });
    expect((await sandbox('POST', pathname, { body: { outcome: 'fail' } })).status).toBe(200);
    expect(await outside.charges(order.id)).toEqual([expect.objectContaining({ status: 'captured' })]);
    expect((await shopper.events(order.id)).map(({ type }) => type).slice(0, 3)).toEqual([
      'order.placed',
      'order.requires-action',
      'order.confirmed',
    ]);
    expect(await stockOf(clerk, variantId)).toMatchObject({ onHand: 0, reserved: 0 });
  });

  it('is cancelled within seconds when the challenge fails: stock back, the cart free, a mail', async () => {
    const shopper = await newCustomer(shop);
    const { cartId, variantId } = await lastUnits(shopper);
    const { body: waiting } = await shopper.checkout(cartId, { paymentMethod: 'pm_card_3ds', email: shopper.email });
    await sandbox('POST', new URL(waiting.nextAction.url).pathname, { body: { outcome: 'fail' } });
    const order = await until(
      'cancelled',
      async () => {
        const seen = await shopper.order(waiting.id);
        return seen.status === 'cancelled' && seen;
      },
      byWebhookMs,
    );
    expect([order.cancelReason, order.payment.status]).toEqual(['payment-declined', 'declined']);
    await until('the stock back', () => isWhole(variantId)); // owed when inventory is away for a moment
    await until('the mail', async () => (await outside.mails(shopper.email)).length === 1);
    expect((await shopper.checkout(cartId, { email: shopper.email })).status).toBe(201);
  });
});

// Side by side: they mostly wait.
describe('a bank that is slow, silent or says things twice', () => {
  it.concurrent.each(['pm_card_visa', 'pm_card_slow', 'pm_card_error_500', 'pm_card_duplicate_webhook', 'pm_card_webhook_first'])(
    'is waited for, and asked again by the same key: %s is confirmed and charged once, and the units are sold',
    async (paymentMethod) => {
      const shopper = await guest(shop);
      const { cartId, variantId } = await lastUnits(shopper);
      const paid = await shopper.checkout(cartId, { paymentMethod });
      expect([paid.status, paid.body.status]).toEqual([201, 'confirmed']);
      await isSold(shopper, paid.body.id, variantId);
    },
  );

  it.concurrent.each([
    ['pm_card_declined', 'card-declined'],
    ['pm_card_insufficient_funds', 'insufficient-funds'],
  ])(
    'that declines says why: %s is no order, takes nothing, and leaves stock and cart as they were',
    async (paymentMethod, declineCode) => {
      const shopper = await guest(shop);
      const { cartId, variantId } = await lastUnits(shopper);
      const refused = await shopper.checkout(cartId, { paymentMethod });
      expect([refused.status, refused.body.code, refused.body.declineCode]).toEqual([402, 'payment-declined', declineCode]);
      expect((await shopper.ask('GET', '/v1/orders')).body.data).toEqual([]);
      await until('the stock back', () => isWhole(variantId)); // owed when inventory is away for a moment
      expect((await shopper.checkout(cartId)).status).toBe(201);
    },
  );

  it.concurrent('that charged and never answered is found out: 202, then confirmed, one charge', async () => {
    const shopper = await guest(shop);
    const { cartId, variantId } = await lastUnits(shopper);
    const waiting = await shopper.checkout(cartId, { paymentMethod: 'pm_card_timeout_charged' });
    expect([waiting.status, waiting.body.status, waiting.headers['location']]).toEqual([
      202,
      'payment-unknown',
      `/v1/orders/${waiting.body.id}`,
    ]);
    await until('confirmed', async () => (await shopper.order(waiting.body.id)).status === 'confirmed');
    await isSold(shopper, waiting.body.id, variantId);
  });

  it.concurrent(
    'that neither charged nor answered ends the order within 120 s: cancelled, voided, the cart intact',
    async () => {
      const shopper = await guest(shop);
      const { cartId, variantId } = await lastUnits(shopper);
      const waiting = await shopper.checkout(cartId, { paymentMethod: 'pm_card_timeout_uncharged' });
      expect([waiting.status, waiting.body.status]).toEqual([202, 'payment-unknown']);
      const order = await until(
        'cancelled',
        async () => {
          const seen = await shopper.order(waiting.body.id);
          return seen.status === 'cancelled' && seen;
        },
        120_000,
      );
      expect(order.payment.status).toBe('voided');
      expect(await outside.charges(order.id)).toEqual([]);
      await until('the stock back', () => isWhole(variantId));
      expect((await shopper.checkout(cartId)).status).toBe(201);
    },
    180_000,
  );
});

describe('a webhook of a payment', () => {
  it.each([
    ['without a signature', 'sandbox', {}, 401, 'signature-invalid'],
    [
      'with a bad signature',
      'sandbox',
      { 'webhook-id': 'msg_1', 'webhook-timestamp': '1', 'webhook-signature': 'v1,AAAA' },
      401,
      'signature-invalid',
    ],
    ['of a provider nobody knows', 'nobody', {}, 404, 'not-found'],
  ])('%s is refused', async (_name, provider, headers, status, code) => {
    const answer = await shop('POST', `/v1/webhooks/payments/${provider}`, {
      body: { type: 'charge.captured' },
      headers: headers as Record<string, string>,
    });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
});
