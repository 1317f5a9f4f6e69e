import { randomUUID } from 'node:crypto';
import type { Answer } from '../client/http.js';
import { newCustomer, staff, type Shopper } from '../client/shopper.js';
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
  await sandbox('PUT', '/faults', { body: { bank: {} } });
  await shop.close();
  await sandbox.close();
});

/** The auditor gives an order this long to settle after its last step. Source: docs/reference/api.md, "The auditor". */
const auditedAfterMs = 15_000;
const eur = (amount: number) => ({ amount, currency: 'EUR' });

/** Three units at 10.01 EUR, of a product that had five. */
async function bought(): Promise<{ shopper: Awaited<ReturnType<typeof newCustomer>>; order: any; variantId: string; lineId: string }> {
  const shopper = await newCustomer(shop);
  const { variantId } = await productOfItsOwn(clerk, 5, 1_001);
  const cartId = await shopper.newCart();
  await shopper.add(cartId, variantId, 3);
  const { body: order } = await shopper.checkout(cartId, { email: shopper.email });
  return { shopper, order, variantId, lineId: order.lines[0].id };
}

const refund = (orderId: string, body: object, key: string = randomUUID(), by: Shopper = clerk): Promise<Answer> =>
  by.ask('POST', `/v1/orders/${orderId}/refunds`, { reason: 'arrived broken', ...body }, { 'idempotency-key': key });
const refundedAtBank = async (orderId: string): Promise<number> =>
  (await outside.refunds(orderId)).reduce((sum, { amount }) => sum + amount.amount, 0);

describe('refunding an order', () => {
  it('gives lines, an amount and the rest back until nothing is left; lines return to stock; the same key is the same refund', async () => {
    const { shopper, order, variantId, lineId } = await bought();
    const key = randomUUID();
    const first = await refund(order.id, { lines: [{ lineId, quantity: 1 }] }, key);
    expect([first.status, first.body]).toEqual([
      201,
      {
        id: expect.stringMatching(/^ref_/),
        orderId: order.id,
        amount: eur(1_001),
        status: 'succeeded',
        reason: 'arrived broken',
        createdAt: expect.any(String),
      },
    ]);
    const again = await refund(order.id, { lines: [{ lineId, quantity: 1 }] }, key);
    expect([again.text, again.headers['idempotency-replayed']]).toEqual([first.text, 'true']);
    expect((await refund(order.id, { lines: [{ lineId, quantity: 2 }] }, key)).body.code).toBe('idempotency-key-reused');
    expect((await refund(order.id, { amount: eur(100) })).status).toBe(201);
    expect((await shopper.order(order.id)).status).toBe('confirmed');
    const tooMuch = await refund(order.id, { amount: eur(order.total.amount) });
    expect([tooMuch.status, tooMuch.body.code, tooMuch.body.left]).toEqual([
      409,
      'refund-exceeds-payment',
      eur(order.total.amount - 1_101),
    ]);
    await until('one unit back', async () => (await stockOf(clerk, variantId)).onHand === 3);
    const rest = await refund(order.id, {});
    expect([rest.status, rest.body.amount]).toEqual([201, eur(order.total.amount - 1_101)]);
    expect(await shopper.order(order.id)).toMatchObject({ status: 'refunded', payment: { status: 'refunded' } });
    expect((await refund(order.id, {})).body.code).toBe('refund-exceeds-payment');
    await until('all units back', async () => (await stockOf(clerk, variantId)).onHand === 5);
    await until('four mails', async () => (await outside.mails(shopper.email)).length === 4);
    const types = await until('the bank’s word three times', async () => {
      const seen = (await shopper.events(order.id)).map(({ type }) => type);
      return seen.filter((type) => type === 'payment.refunded').length === 3 && seen;
    });
    expect(types.filter((type) => type === 'order.refunded')).toHaveLength(3);
    expect(await refundedAtBank(order.id)).toBe(order.total.amount);
  });

  it('never gives more than was paid when many ask at once', async () => {
    const { order } = await bought();
    const answers = await Promise.all(Array.from({ length: 12 }, () => refund(order.id, { amount: eur(1_000) })));
    const given = answers.filter(({ status }) => status === 201).length;
    expect(given).toBe(Math.floor(order.total.amount / 1_000));
    expect(answers.filter(({ status }) => status !== 201).map(({ body }) => body.code)).toEqual(
      Array(12 - given).fill('refund-exceeds-payment'),
    );
    expect(await refundedAtBank(order.id)).toBe(given * 1_000);
  });

  it('waits for a bank that is away, and is given once it is back', async () => {
    const { shopper, order } = await bought();
    await sandbox('PUT', '/faults', { body: { bank: { down: true } } });
    const waiting = await refund(order.id, { amount: eur(500) });
    await sandbox('PUT', '/faults', { body: { bank: {} } });
    expect([waiting.status, waiting.body.status]).toEqual([201, 'pending']);
    await until('the refund', async () => (await shopper.events(order.id)).some(({ type }) => type === 'order.refunded'));
    expect(await refundedAtBank(order.id)).toBe(500);
  });

  it('lets a cancellation give back only what is left', async () => {
    const { shopper, order } = await bought();
    await refund(order.id, { amount: eur(700) });
    const cancelled = await shopper.ask('POST', `/v1/orders/${order.id}/cancel`, {}, { 'idempotency-key': randomUUID() });
    expect(cancelled.status).toBe(200);
    await until('all money back', async () => (await refundedAtBank(order.id)) === order.total.amount);
    await until('the payment refunded', async () => (await shopper.order(order.id)).payment.status === 'refunded');
  });

  it('is for staff, needs a key, and names what makes no sense', async () => {
    const { shopper, order, lineId } = await bought();
    expect((await refund(order.id, {}, randomUUID(), shopper)).status).toBe(403);
    expect((await clerk.ask('POST', `/v1/orders/${order.id}/refunds`, { reason: 'x' })).body.code).toBe('idempotency-key-missing');
    expect((await refund('ord_nothing', {})).status).toBe(404);
    for (const bad of [
      { reason: undefined },
      { amount: eur(0) },
      { amount: { amount: 1, currency: 'USD' } },
      { lines: [] },
      { lines: [{ lineId, quantity: 0 }] },
      { lines: [{ lineId: 'line_x', quantity: 1 }] },
      { hack: 1 },
    ]) {
      const answer = await refund(order.id, bad);
      expect([answer.status, answer.body.code]).toEqual([400, 'validation-failed']);
    }
    expect((await refund(order.id, { lines: [{ lineId, quantity: 4 }] })).body.code).toBe('refund-exceeds-payment');
  });

  it('of a line leaves nothing for the auditor to find, once the order has settled', async () => {
    const { order, lineId, shopper } = await bought();
    expect((await refund(order.id, { lines: [{ lineId, quantity: 1 }] })).status).toBe(201);
    const refundedAt = Date.parse((await shopper.events(order.id)).findLast(({ type }) => type === 'order.refunded')?.at ?? '');
    await until(
      'a clean audit of an order that is old enough to be looked at',
      async () => {
        const { body } = await clerk.ask('GET', '/ops/v1/audit');
        return Date.parse(body.checkedAt) - refundedAt > auditedAfterMs && body.ok === true;
      },
      90_000,
    );
  });
});
