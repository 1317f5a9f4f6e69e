import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
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
  await shop.close();
  await sandbox.close();
});

async function paidOrder(line1?: string): Promise<{ shopper: Awaited<ReturnType<typeof newCustomer>>; order: any; variantId: string }> {
  const shopper = await newCustomer(shop);
  const { variantId } = await productOfItsOwn(clerk, 3, 2_000);
  const cartId = await shopper.newCart();
  await shopper.add(cartId, variantId, 2);
  const { body: order } = await shopper.checkout(cartId, { email: shopper.email, ...(line1 ? { line1 } : {}) });
  return { shopper, order, variantId };
}

const cancel = (shopper: Shopper, orderId: string, key: string = randomUUID()) =>
  shopper.ask('POST', `/v1/orders/${orderId}/cancel`, { reason: 'changed my mind' }, { 'idempotency-key': key });

describe('cancelling an order', () => {
  it('gives money, stock, points and label back, tells the shopper, and is the same when asked again', async () => {
    const { shopper, order, variantId } = await paidOrder();
    await until('a label', async () => (await shopper.order(order.id)).shipments.length === 1);
    const cancelled = await cancel(shopper, order.id);
    expect([cancelled.status, cancelled.body.status]).toEqual([200, 'cancelled']);
    await until('the refund', async () => (await outside.refunds(order.id)).length === 1);
    await until('the label voided', async () => (await outside.labels(order.id)).every((label) => label.status === 'voided'));
    await until(
      'the stock back',
      async () => (await shop('GET', `/v1/products?q=${variantId}`)).status === 200 && (await available(variantId)) === 3,
    );
    await until('the points reversed', async () => {
      const { balance, pending } = (await shopper.ask('GET', '/v1/loyalty')).body;
      return balance === 0 && pending === 0;
    });
    await until('the second mail', async () => (await outside.mails(shopper.email)).length === 2);
    const again = await cancel(shopper, order.id);
    expect([again.status, again.body.status]).toEqual([200, 'cancelled']);
    await until('the refund in the history', async () =>
      (await shopper.events(order.id)).some((event) => event.type === 'payment.refunded'),
    );
    expect(await outside.refunds(order.id)).toHaveLength(1);
  });

  it('is refused once the parcel is on its way', async () => {
    const { shopper, order } = await paidOrder();
    const shipment = await until('a label', async () => (await shopper.order(order.id)).shipments[0]);
    await outside.carrierSays(shipment.trackingCode, 'in-transit');
    await until('shipped', async () => (await shopper.order(order.id)).status === 'shipped');
    const refused = await cancel(shopper, order.id);
    expect([refused.status, refused.body.code]).toEqual([409, 'already-shipped']);
  });

  it('has one winner when the carrier takes the parcel at the same moment, also before it says so', async () => {
    const ends = await Promise.all(
      [0, 5, 10, 20, 40, 80].map(async (laterMs) => {
        const { shopper, order, variantId } = await paidOrder();
        const { trackingCode } = await until('a label', async () => (await shopper.order(order.id)).shipments[0]);
        const taken = sandbox('POST', `/carrier/shipments/${trackingCode}/events`, { body: { status: 'in-transit' } });
        await sleep(laterMs);
        const [cancelled] = await Promise.all([cancel(shopper, order.id), taken]);
        const status = cancelled.status === 200 ? 'cancelled' : 'shipped';
        await until(status, async () => (await shopper.order(order.id)).status === status);
        const wanted = status === 'cancelled' ? { label: 'voided', refunds: 1, onHand: 3 } : { label: 'in-transit', refunds: 0, onHand: 1 };
        const seen = async () => ({
          label: (await outside.labels(order.id))[0]?.status,
          refunds: (await outside.refunds(order.id)).length,
          onHand: (await stockOf(clerk, variantId)).onHand,
        });
        await until('what follows', async () => JSON.stringify(await seen()) === JSON.stringify(wanted));
        return [cancelled.status, cancelled.body.code ?? status];
      }),
    );
    for (const end of ends)
      expect([
        [200, 'cancelled'],
        [409, 'already-shipped'],
      ]).toContainEqual(end);
  });

  it('is not for somebody else', async () => {
    const { order } = await paidOrder();
    const stranger = await newCustomer(shop);
    expect((await cancel(stranger, order.id)).status).toBe(404);
    expect((await stranger.ask('GET', `/v1/orders/${order.id}`)).status).toBe(404);
  });

  it('works for an order that cannot be delivered, which waits among the dead letters', async () => {
    const { shopper, order } = await paidOrder('UNDELIVERABLE Lane 3');
    const letter = await until('the dead letter', async () => {
      const { body } = await clerk.ask('GET', `/ops/v1/dead-letters?orderId=${order.id}`);
      return body.data?.[0];
    });
    expect(letter).toMatchObject({ group: 'shipping', key: order.id, type: 'order.confirmed.v1' });
    await clerk.ask('POST', `/ops/v1/dead-letters/${letter.id}/replay`);
    await until(
      'the second try',
      async () => (await clerk.ask('GET', `/ops/v1/dead-letters/${letter.id}`)).body.attempts > letter.attempts,
    );
    expect((await clerk.ask('POST', `/ops/v1/dead-letters/${letter.id}/discard`, { reason: 'address does not exist' })).status).toBe(200);
    await until('an empty list', async () => (await clerk.ask('GET', `/ops/v1/dead-letters?orderId=${order.id}`)).body.data?.length === 0);
    expect((await cancel(shopper, order.id)).status).toBe(200);
  });

  it('leaves nothing for the auditor to find', async () => {
    const audit = await until(
      'a clean audit',
      async () => {
        const { body } = await clerk.ask('GET', '/ops/v1/audit');
        return body.ok === true && body;
      },
      90_000,
    );
    expect(audit.invariants.map((invariant: { id: string }) => invariant.id)).toEqual(['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8']);
  });
});

async function available(variantId: string): Promise<number> {
  const level = await clerk.ask('GET', '/v1/products?limit=100&sort=-createdAt');
  const variants = level.body.data.flatMap((product: { variants: { id: string; available: number }[] }) => product.variants);
  return variants.find((variant: { id: string }) => variant.id === variantId)?.available ?? -1;
}
