import { guest, newCustomer, staff, type Shopper } from '../client/shopper.js';
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

describe('a shopper who buys', () => {
  it('browses, fills a cart, pays, and gets the mail, the parcel and the points', async () => {
    const shopper = await newCustomer(shop);
    const product = await productOfItsOwn(clerk, 10, 2_550);
    const cartId = await shopper.newCart();
    const filled = await shopper.add(cartId, product.variantId, 2);
    expect(filled.status).toBe(201);
    expect(filled.body.subtotal).toEqual({ amount: 5_100, currency: 'EUR' });

    const paid = await shopper.checkout(cartId, { email: shopper.email });
    expect(paid.status).toBe(201);
    expect(paid.body.status).toBe('confirmed');
    expect(paid.body.total.amount).toBe(paid.body.subtotal.amount + paid.body.shipping.amount);

    const orderId = paid.body.id as string;
    const types = await until('all effects in the history', async () => {
      const seen = (await shopper.events(orderId)).map((event) => event.type);
      return ['notification.sent', 'shipment.created', 'points.awarded'].every((type) => seen.includes(type)) && seen;
    });
    expect(types.slice(0, 2)).toEqual(['order.placed', 'order.confirmed']);

    const order = await shopper.order(orderId);
    expect(order.shipments).toEqual([
      {
        id: expect.stringMatching(/^shp_/),
        status: 'created',
        trackingCode: expect.any(String),
        estimatedDelivery: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
      },
    ]);
    expect(order.loyalty).toEqual({ earned: 51, redeemed: 0 });
    expect(await outside.charges(orderId)).toEqual([expect.objectContaining({ status: 'captured', amount: order.total })]);
    expect(await outside.labels(orderId)).toHaveLength(1);
    const [mail, ...others] = await outside.mails(shopper.email);
    expect(others).toEqual([]);
    const read = await outside.mail(mail!.id);
    expect(read.headers).toMatchObject({ 'x-tandem-event-type': 'order.confirmed.v1', 'x-tandem-order-id': orderId });
    const points = await shopper.ask('GET', '/v1/loyalty');
    expect(points.body).toMatchObject({ balance: 0, pending: 51 });
  });

  it('follows the parcel until it is delivered, and may spend the points then', async () => {
    const shopper = await newCustomer(shop);
    const { variantId } = await productOfItsOwn(clerk, 5, 1_000);
    const cartId = await shopper.newCart();
    await shopper.add(cartId, variantId, 1);
    const { body: placed } = await shopper.checkout(cartId, { email: shopper.email });
    const [label] = await until('a label', async () => {
      const labels = await outside.labels(placed.id);
      return labels.length > 0 && labels;
    });
    await until('the shipment in the order', async () => (await shopper.order(placed.id)).shipments.length === 1);
    await outside.carrierSays(label!.trackingCode, 'in-transit');
    await until('shipped', async () => (await shopper.order(placed.id)).status === 'shipped');
    const tracked = await shop('GET', `/v1/tracking/${label!.trackingCode}`);
    expect(tracked.body).toMatchObject({ orderId: placed.id, status: 'in-transit' });
    await outside.carrierSays(label!.trackingCode, 'delivered');
    await until('delivered', async () => (await shopper.order(placed.id)).status === 'delivered');
    await until('points to spend', async () => (await shopper.ask('GET', '/v1/loyalty')).body.balance === 10);
    const sequences = (await shopper.events(placed.id)).map((event) => event.sequence);
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
  });

  it('buys as a guest, finds the order by number and e-mail, and earns no points', async () => {
    const shopper = await guest(shop);
    const { variantId } = await productOfItsOwn(clerk, 5);
    const cartId = await shopper.newCart('JPY');
    await shopper.add(cartId, variantId, 1);
    const email = `guest-${Date.now()}@tandem.example`;
    const paid = await shopper.checkout(cartId, { email });
    expect(paid.status).toBe(201);
    expect(paid.body.total.currency).toBe('JPY');
    const found = await shop('POST', '/v1/orders/lookup', { body: { number: paid.body.number, email: email.toUpperCase() } });
    expect(found.body.id).toBe(paid.body.id);
    expect((await shop('POST', '/v1/orders/lookup', { body: { number: paid.body.number, email: 'other@tandem.example' } })).status).toBe(
      404,
    );
    await until('the mail', async () => (await outside.mails(email)).length === 1);
    await until('loyalty to have looked at it', async () => {
      const { steps } = (await clerk.ask('GET', `/ops/v1/flows/${paid.body.id}`)).body;
      return steps?.some(
        ({ service, name, outcome }: Record<string, string>) =>
          service === 'loyalty' && name === 'order.confirmed.v1' && outcome === 'handled',
      );
    });
    expect((await shopper.events(paid.body.id)).some((event) => event.type === 'points.awarded')).toBe(false);
  });
});
