import { randomUUID } from 'node:crypto';
import { guest, newCustomer, staff, type Shopper } from '../client/shopper.js';
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

/** A cart with one unit of a product that has `stock` units. */
async function filledCart(shopper: Shopper, stock = 5): Promise<{ cartId: string; variantId: string }> {
  const { variantId } = await productOfItsOwn(clerk, stock);
  const cartId = await shopper.newCart();
  await shopper.add(cartId, variantId, 1);
  return { cartId, variantId };
}

describe('a checkout that is refused', () => {
  it('gives the stock back and leaves the cart intact when the bank declines', async () => {
    const shopper = await guest(shop);
    const { cartId, variantId } = await filledCart(shopper, 1);
    const declined = await shopper.checkout(cartId, { paymentMethod: 'pm_card_declined' });
    expect(declined.status).toBe(402);
    expect(declined.headers['content-type']).toContain('application/problem+json');
    expect(declined.body).toMatchObject({ code: 'payment-declined', declineCode: expect.any(String), status: 402 });
    const other = await guest(shop);
    const cartOfOther = await other.newCart();
    expect((await other.add(cartOfOther, variantId, 1)).status).toBe(201);
    const paid = await shopper.checkout(cartId);
    expect(paid.status).toBe(201);
    expect((await other.checkout(cartOfOther)).status).toBe(409);
  });

  it('names both totals when the price has changed', async () => {
    const shopper = await guest(shop);
    const { cartId, variantId } = await filledCart(shopper);
    await clerk.ask('PUT', `/admin/v1/variants/${variantId}/price`, { amount: 2_999, currency: 'EUR' });
    const stale = await shopper.checkout(cartId, { expectedTotal: { amount: 2_489, currency: 'EUR' } });
    expect(stale.status).toBe(409);
    expect(stale.body).toMatchObject({
      code: 'price-changed',
      expectedTotal: { amount: 2_489, currency: 'EUR' },
      currentTotal: { amount: 3_489, currency: 'EUR' },
    });
  });

  it('replays the stored answer byte for byte, and makes one order of many equal requests', async () => {
    const shopper = await newCustomer(shop);
    const { cartId } = await filledCart(shopper);
    const key = randomUUID();
    const expectedTotal = { amount: 2_489, currency: 'EUR' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => shopper.checkout(cartId, { key, expectedTotal })));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(
      new Set([201, 409].filter((status) => answers.some((answer) => answer.status === status))),
    );
    for (const answer of answers.filter(({ status }) => status === 409)) expect(answer.body.code).toBe('idempotency-key-in-flight');
    const first = await shopper.checkout(cartId, { key, expectedTotal });
    const second = await shopper.checkout(cartId, { key, expectedTotal });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.text).toBe(first.text);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(await outside.charges(first.body.id)).toHaveLength(1);
    const reused = await shopper.checkout(cartId, { key, expectedTotal: { amount: 1, currency: 'EUR' } });
    expect([reused.status, reused.body.code]).toEqual([422, 'idempotency-key-reused']);
    const another = await shopper.checkout(cartId, { expectedTotal });
    expect([another.status, another.body.code, another.body.orderId]).toEqual([409, 'cart-already-ordered', first.body.id]);
  });

  it('makes one order of a cart, whatever is clicked how often: twice the same key, five keys at once', async () => {
    const carts = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const shopper = await guest(shop);
        return { shopper, ...(await filledCart(shopper)) };
      }),
    );
    const expectedTotal = { amount: 2_489, currency: 'EUR' };
    for (const [index, { shopper, cartId }] of carts.entries()) {
      const keys = index % 2 === 0 ? Array<string>(2).fill(randomUUID()) : Array.from({ length: 5 }, () => randomUUID());
      const answers = await Promise.all(keys.map((key) => shopper.checkout(cartId, { key, expectedTotal })));
      const orders = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.id));
      expect(orders.size).toBe(1);
      const refused = answers.filter(({ status }) => status !== 201);
      for (const { status, body } of refused)
        expect([status, ['idempotency-key-in-flight', 'checkout-in-progress', 'cart-already-ordered'].includes(body.code)]).toEqual([
          409,
          true,
        ]);
      const [winner = ''] = keys.filter((_, n) => answers[n]?.status === 201);
      const replays = await Promise.all([1, 2].map(() => shopper.checkout(cartId, { key: winner, expectedTotal })));
      expect(replays.map(({ text }) => text)).toEqual([
        answers.find(({ status }) => status === 201)?.text,
        answers.find(({ status }) => status === 201)?.text,
      ]);
    }
  });

  it('replays a refusal as it was, also when the card would be good by now', async () => {
    const shopper = await guest(shop);
    const { cartId } = await filledCart(shopper);
    const key = randomUUID();
    const expectedTotal = { amount: 2_489, currency: 'EUR' };
    const first = await shopper.checkout(cartId, { key, expectedTotal, paymentMethod: 'pm_card_declined' });
    const again = await shopper.checkout(cartId, { key, expectedTotal, paymentMethod: 'pm_card_declined' });
    expect([first.status, again.status, again.text]).toEqual([402, 402, first.text]);
    const other = await shopper.checkout(cartId, { key, expectedTotal });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
    expect((await shopper.checkout(cartId, { expectedTotal })).status).toBe(201);
  });

  it('sells the last units once: 10 units, 20 buyers, 10 orders', async () => {
    const { variantId } = await productOfItsOwn(clerk, 10);
    const buyers = await Promise.all(Array.from({ length: 20 }, () => guest(shop)));
    const carts = await Promise.all(
      buyers.map(async (buyer) => {
        const cartId = await buyer.newCart();
        await buyer.add(cartId, variantId, 1);
        return { buyer, cartId };
      }),
    );
    const answers = await Promise.all(carts.map(({ buyer, cartId }) => buyer.checkout(cartId)));
    const statuses = answers.map((answer) => answer.status).sort();
    expect(statuses).toEqual([...Array(10).fill(201), ...Array(10).fill(409)]);
    const level = await clerk.ask('POST', '/admin/v1/stock-adjustments', { variantId, quantity: 1, reason: 'count' });
    expect(level.body).toMatchObject({ onHand: 1, reserved: 0, available: 1 });
  });

  it.each([
    ['an unknown field', { paymentMethod: 'pm_card_visa', expectedTotal: { amount: 1, currency: 'EUR' }, hack: 1 }, 'validation-failed'],
    ['a float as amount', { paymentMethod: 'pm_card_visa', expectedTotal: { amount: 1.5, currency: 'EUR' } }, 'validation-failed'],
    ['an unknown method', { paymentMethod: 'pm_gold', expectedTotal: { amount: 2_489, currency: 'EUR' } }, 'validation-failed'],
    ['nothing', {}, 'validation-failed'],
  ])('refuses %s with a problem that names the field', async (_what, body, code) => {
    const shopper = await guest(shop);
    const { cartId } = await filledCart(shopper);
    const answer = await shopper.ask('POST', `/v1/carts/${cartId}/checkout`, body, { 'idempotency-key': randomUUID() });
    expect([answer.status, answer.body.code]).toEqual([400, code]);
    expect(answer.body.errors.length).toBeGreaterThan(0);
  });

  it('needs an idempotency key', async () => {
    const shopper = await guest(shop);
    const { cartId } = await filledCart(shopper);
    const answer = await shopper.ask('POST', `/v1/carts/${cartId}/checkout`, {
      paymentMethod: 'pm_card_visa',
      expectedTotal: { amount: 2_489, currency: 'EUR' },
    });
    expect([answer.status, answer.body.code]).toEqual([400, 'idempotency-key-missing']);
  });
});
