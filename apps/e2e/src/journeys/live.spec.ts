import { follow } from '../client/event-stream.js';
import { newCustomer, staff, type Shopper } from '../client/shopper.js';
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

describe('a shopper who follows an order live', () => {
  it('sees every step once and in order, whatever breaks the connection on the way', async () => {
    const shopper = await newCustomer(shop);
    const { variantId } = await productOfItsOwn(clerk, 5, 1_000);
    const cartId = await shopper.newCart();
    await shopper.add(cartId, variantId, 1);
    const { body: order } = await shopper.checkout(cartId, { email: shopper.email });
    const seen: { id: number; event: string; data: any }[] = [];
    const watch = async (last: string): Promise<void> => {
      for (let connections = 0; seen.at(-1)?.event !== last; connections += 1) {
        if (connections > 100) throw new Error(`${last} never came: ${JSON.stringify(seen.map(({ event }) => event))}`);
        const stream = await follow(shop.baseUrl, shopper, { path: `/v1/orders/${order.id}/events/stream`, after: seen.at(-1)?.id });
        expect(stream.status).toBe(200);
        await until('an event', async () => stream.events.length > 0 || !stream.isOpen());
        stream.close();
        seen.push(...stream.events);
        if (seen.some(({ event }) => event === last)) return;
      }
    };
    await watch('shipment.created');
    const [label] = await outside.labels(order.id);
    await outside.carrierSays(label!.trackingCode, 'in-transit');
    await outside.carrierSays(label!.trackingCode, 'delivered');
    await watch('points.available');
    expect(seen.map(({ id }) => id)).toEqual(seen.map((_, index) => index + 1));
    const listed = await shopper.events(order.id);
    expect(seen.map(({ data }) => data)).toEqual(listed.slice(0, seen.length));
  });

  it('hears of a step at once, before a heartbeat would tell of it, and nobody else may listen', async () => {
    const shopper = await newCustomer(shop);
    const { variantId } = await productOfItsOwn(clerk, 5, 1_000);
    const cartId = await shopper.newCart();
    await shopper.add(cartId, variantId, 1);
    const { body: order } = await shopper.checkout(cartId, { email: shopper.email });
    const stream = await follow(shop.baseUrl, shopper, { path: `/v1/orders/${order.id}/events/stream` });
    await until('the effects', async () =>
      ['notification.sent', 'shipment.created', 'points.awarded'].every((type) => stream.events.some(({ event }) => event === type)),
    );
    const cancelled = await shopper.ask('POST', `/v1/orders/${order.id}/cancel`, {}, { 'idempotency-key': order.id });
    expect(cancelled.status).toBe(200);
    await until('the cancellation', async () => stream.events.some(({ event }) => event === 'order.cancelled'), 10_000); // the heartbeat comes every 15 s
    stream.close();
    const stranger = await newCustomer(shop);
    expect((await stranger.ask('GET', `/v1/orders/${order.id}/events/stream`)).status).toBe(404);
  });
});
