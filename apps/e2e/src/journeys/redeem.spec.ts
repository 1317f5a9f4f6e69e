import { randomUUID } from 'node:crypto';
import { address, newCustomer, staff, type Shopper } from '../client/shopper.js';
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

type Customer = Shopper & { readonly email: string };

async function cartOf(shopper: Customer, price: number): Promise<string> {
  const { variantId } = await productOfItsOwn(clerk, 5, price);
  const cartId = await shopper.newCart();
  await shopper.add(cartId, variantId, 1);
  return cartId;
}

/** A customer who has bought for 500 EUR, got the parcel, and has 500 points to spend. */
async function withPoints(): Promise<Customer> {
  return (await withPointsOf()).shopper;
}

/** The same, with the order that earned them. */
async function withPointsOf(): Promise<{ readonly shopper: Customer; readonly orderId: string }> {
  const shopper = await newCustomer(shop);
  const { body: order } = await shopper.checkout(await cartOf(shopper, 50_000), { email: shopper.email });
  const { trackingCode } = await until('a shipment', async () => (await shopper.order(order.id)).shipments[0]);
  await outside.carrierSays(trackingCode, 'delivered');
  await until('points to spend', async () => (await balanceOf(shopper)) === 500);
  return { shopper, orderId: order.id };
}

const balanceOf = async (shopper: Shopper): Promise<number> => (await shopper.ask('GET', '/v1/loyalty')).body.balance;
const cancel = (shopper: Shopper, orderId: string) =>
  shopper.ask('POST', `/v1/orders/${orderId}/cancel`, {}, { 'idempotency-key': randomUUID() });

describe('paying with points', () => {
  it('lowers the charge, spends them once the order is confirmed, and gives them back when it is cancelled', async () => {
    const shopper = await withPoints();
    const cartId = await cartOf(shopper, 10_000);
    const { body: cart } = await shopper.ask('PATCH', `/v1/carts/${cartId}`, { pointsToRedeem: 200 });
    expect(cart.discount.amount).toBeGreaterThan(0);
    const paid = await shopper.checkout(cartId, { email: shopper.email });
    expect([paid.status, paid.body.discount, paid.body.loyalty.redeemed]).toEqual([201, cart.discount, 200]);
    expect(await outside.charges(paid.body.id)).toEqual([expect.objectContaining({ amount: paid.body.total })]);
    await until('the points spent', async () => (await balanceOf(shopper)) === 300);
    expect((await cancel(shopper, paid.body.id)).status).toBe(200);
    await until('the points back', async () => (await balanceOf(shopper)) === 500);
  });

  it('that are taken back although they are spent leaves the balance below zero, and none can be spent until it is not', async () => {
    const { shopper, orderId } = await withPointsOf();
    const [spent, later] = [await cartOf(shopper, 10_000), await cartOf(shopper, 10_000)];
    await shopper.ask('PATCH', `/v1/carts/${later}`, { pointsToRedeem: 1 });
    await shopper.ask('PATCH', `/v1/carts/${spent}`, { pointsToRedeem: 400 });
    expect((await shopper.checkout(spent, { email: shopper.email })).body.loyalty.redeemed).toBe(400);
    await until('the points spent', async () => (await balanceOf(shopper)) === 100);
    const refund = { reason: 'sent back' };
    expect((await clerk.ask('POST', `/v1/orders/${orderId}/refunds`, refund, { 'idempotency-key': randomUUID() })).status).toBe(201);
    await until('the points taken back', async () => (await balanceOf(shopper)) === -400);
    const [asked, bought] = [
      await shopper.ask('PATCH', `/v1/carts/${await cartOf(shopper, 10_000)}`, { pointsToRedeem: 1 }),
      await shopper.checkout(later, { email: shopper.email }),
    ];
    for (const { status, body } of [asked, bought])
      expect([status, body.code, body.available]).toEqual([422, 'points-not-available', -400]);
    expect((await shopper.ask('PATCH', `/v1/carts/${later}`, { pointsToRedeem: 0 })).status).toBe(200);
    expect((await shopper.checkout(later, { email: shopper.email })).status).toBe(201);
  });

  it('gives them back at once when the bank declines', async () => {
    const shopper = await withPoints();
    const cartId = await cartOf(shopper, 10_000);
    await shopper.ask('PATCH', `/v1/carts/${cartId}`, { pointsToRedeem: 500 });
    expect((await shopper.checkout(cartId, { email: shopper.email, paymentMethod: 'pm_card_declined' })).status).toBe(402);
    const paid = await shopper.checkout(cartId, { email: shopper.email });
    expect([paid.status, paid.body.loyalty.redeemed]).toEqual([201, 500]);
  });

  it('holds them while a challenge is open: they cannot be spent twice', async () => {
    const shopper = await withPoints();
    const [first, second] = [await cartOf(shopper, 10_000), await cartOf(shopper, 10_000)];
    await shopper.ask('PATCH', `/v1/carts/${first}`, { pointsToRedeem: 500 });
    const total = (await shopper.ask('PATCH', `/v1/carts/${second}`, { pointsToRedeem: 500, email: shopper.email })).body;
    expect(total.discount.amount).toBeGreaterThan(0);
    const waiting = await shopper.checkout(first, { email: shopper.email, paymentMethod: 'pm_card_3ds' });
    expect(waiting.body.status).toBe('requires-action');
    const refused = await shopper.checkout(second, { email: shopper.email });
    expect(refused.status).toBeGreaterThanOrEqual(400);
    await sandbox('POST', new URL(waiting.body.nextAction.url).pathname, { body: { outcome: 'fail' } });
    await until('cancelled', async () => (await shopper.order(waiting.body.id)).status === 'cancelled');
    await until('the points back', async () => (await shopper.ask('PATCH', `/v1/carts/${second}`, { pointsToRedeem: 500 })).status === 200); // owed when loyalty is away for a moment
    expect((await shopper.checkout(second, { email: shopper.email })).body.loyalty.redeemed).toBe(500);
  });
});

describe('a promotion that may be used once', () => {
  it('is used by one of five who check out at once, and is free again when the bank declines', async () => {
    const code = `ONCE${randomUUID().slice(0, 8).toUpperCase()}`;
    const made = await clerk.ask('POST', '/admin/v1/promotions', {
      code,
      title: 'Once',
      effect: { kind: 'percentage', basisPoints: 1_000 },
      usageLimit: 1,
    });
    expect([made.status, made.body.code]).toEqual([201, code]);
    const carts = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const shopper = await newCustomer(shop);
        const cartId = await cartOf(shopper, 10_000);
        expect((await shopper.ask('PATCH', `/v1/carts/${cartId}`, { promotionCode: code })).status).toBe(200);
        return { shopper, cartId };
      }),
    );
    const [first] = carts as [(typeof carts)[number]];
    expect((await first.shopper.checkout(first.cartId, { paymentMethod: 'pm_card_declined' })).status).toBe(402);
    // Each has seen the total with the discount before any of them pays.
    const totals = await Promise.all(
      carts.map(
        async ({ shopper, cartId }) =>
          (await shopper.ask('PATCH', `/v1/carts/${cartId}`, { shippingAddress: address, shippingOptionId: 'standard' })).body.total,
      ),
    );
    const answers = await Promise.all(
      carts.map(({ shopper, cartId }, index) => shopper.checkout(cartId, { expectedTotal: totals[index] })),
    );
    expect(answers.filter(({ status, body }) => status === 201 && body.discount.amount === 1_000)).toHaveLength(1);
    expect(answers.filter(({ status, body }) => status === 201 && body.discount.amount !== 1_000)).toHaveLength(0);
  });
});
