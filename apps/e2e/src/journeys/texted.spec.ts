import { expecting, guest as newGuest, newCustomer, staff, type Shopper } from '../client/shopper.js';
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

const email = { order: true, shipment: true, loyalty: true, marketing: false };
const none = { order: false, shipment: false, loyalty: false, marketing: false };
const newNumber = (): string => `+49151${String(Date.now() % 1e8).padStart(8, '0')}`;

async function buy(shopper: Shopper, address: string): Promise<{ readonly id: string; readonly number: string }> {
  const { variantId } = await productOfItsOwn(clerk, 5, 1_000);
  const cartId = await shopper.newCart();
  await shopper.add(cartId, variantId, 1);
  return expecting(201, await shopper.checkout(cartId, { email: address })).body;
}

async function delivered(orderId: string): Promise<void> {
  const [label] = await until('a label', async () => {
    const labels = await outside.labels(orderId);
    return labels.length > 0 && labels;
  });
  await outside.carrierSays(label!.trackingCode, 'delivered');
}

/** What a number has got once there are so many. */
const texts = (to: string, count: number): Promise<readonly string[]> =>
  until(`${count} text messages`, async () => {
    const found = (await outside.texts(to)).map(({ text }) => text);
    return found.length >= count && found;
  });

describe('a shopper who wants text messages', () => {
  it('gets those of the topics it chose, once, and none after it switched them off', async () => {
    const [shopper, to] = [await newCustomer(shop), newNumber()];
    const sms = { to, ...none, order: true };
    expect((await shopper.ask('GET', '/v1/me/notification-preferences')).body).not.toHaveProperty('sms');
    expect((await shopper.ask('PUT', '/v1/me/notification-preferences', { email, sms })).body).toEqual({ email, digest: false, sms });
    const order = await buy(shopper, shopper.email);
    expect(await texts(to, 1)).toEqual([`Tandem: Thank you for your order ${order.number}. We are packing it.`]);
    expect((await shopper.ask('PUT', '/v1/me/notification-preferences', { email })).body.sms).toEqual(sms);
    const key = `cancel-${order.id}`;
    expecting(200, await shopper.ask('POST', `/v1/orders/${order.id}/cancel`, {}, { 'idempotency-key': key }));
    const [, second] = await texts(to, 2);
    expect(second).toBe(`Tandem: Your order ${order.number} is cancelled. Our mail says more.`);
    const off = { to, ...none };
    expect((await shopper.ask('PUT', '/v1/me/notification-preferences', { email, sms: off })).body.sms).toEqual(off);
    await buy(shopper, shopper.email);
    const [witness, other] = [await newCustomer(shop), newNumber().replace('+49151', '+49152')];
    await witness.ask('PUT', '/v1/me/notification-preferences', { email, sms: { ...sms, to: other } });
    await buy(witness, witness.email);
    await texts(other, 1);
    expect(await texts(to, 2)).toHaveLength(2);
  });

  it('may be a guest, whose parcel is told of as well', async () => {
    const [guest, to] = [await newGuest(shop), newNumber().replace('+49151', '+49160')];
    const sms = { to, ...none, shipment: true };
    expect((await guest.ask('PUT', '/v1/me/notification-preferences', { email, sms })).status).toBe(200);
    const order = await buy(guest, `guest-${Date.now()}@tandem.example`);
    await delivered(order.id);
    const told = await until('word of the delivery', async () => {
      const found = (await outside.texts(to)).map(({ text }) => text);
      return found.some((text) => text.endsWith('has arrived.')) && found;
    });
    expect(told.filter((text) => text.endsWith('has arrived.'))).toEqual([`Tandem: Your order ${order.number} has arrived.`]);
    expect(told.filter((text) => text.includes('Thank you'))).toEqual([]);
  });

  it('names a number, and topics that there are', async () => {
    const shopper = await newCustomer(shop);
    const sms = { to: '+4915112345678', ...none };
    const wrong = [{ ...sms, to: '0151 12345678' }, { ...sms, gossip: true }, { to: sms.to }];
    const answers = await Promise.all(wrong.map((each) => shopper.ask('PUT', '/v1/me/notification-preferences', { email, sms: each })));
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(answers[0]?.body.errors[0].pointer).toBe('/sms/to');
    expect((await shopper.ask('PUT', '/v1/me/notification-preferences', { email, push: sms })).status).toBe(400);
  });
});
