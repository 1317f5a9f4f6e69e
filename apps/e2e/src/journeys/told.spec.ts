import { Webhook } from 'standardwebhooks';
import { expecting, newCustomer, staff, type Shopper } from '../client/shopper.js';
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

async function buy(shopper: Shopper & { readonly email: string }): Promise<string> {
  const { variantId } = await productOfItsOwn(clerk, 5, 1_000);
  const cartId = await shopper.newCart();
  await shopper.add(cartId, variantId, 1);
  const { body } = await shopper.checkout(cartId, { email: shopper.email });
  return body.id as string;
}

async function parcelIs(orderId: string, status: 'in-transit' | 'delivered'): Promise<void> {
  const [label] = await until('a label', async () => {
    const labels = await outside.labels(orderId);
    return labels.length > 0 && labels;
  });
  await outside.carrierSays(label!.trackingCode, status);
}

type Receipt = {
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly verified: boolean | null;
  readonly receivedAt: string;
};

/** What was received, oldest first; of what came twice by one `webhook-id` the first. Those of one millisecond stay as the sandbox lists them: as they came. */
function firstOfEach(receipts: readonly Receipt[]): readonly Receipt[] {
  const ordered = [...receipts].sort((a, b) => a.receivedAt.localeCompare(b.receivedAt));
  return ordered.filter(
    ({ headers }, index) => ordered.findIndex((other) => other.headers['webhook-id'] === headers['webhook-id']) === index,
  );
}

/** Resolves when news of a product that is back has come that was owed later than all before: what is owed first is sent first. */
async function laterNewsHasCome(): Promise<void> {
  const witness = await newCustomer(shop);
  const { id, variantId } = await productOfItsOwn(clerk, 0, 1_000);
  expecting(201, await witness.ask('POST', `/v1/products/${id}/followers`, {}));
  expecting(201, await clerk.ask('POST', '/admin/v1/stock-adjustments', { variantId, quantity: 1, reason: 'delivery' }));
  await until('the later news', async () => (await outside.mails(witness.email)).length > 0);
}

describe('a shopper who is told', () => {
  it('by webhook: every step of the order, signed and in order, and once more when asked', async () => {
    const shopper = await newCustomer(shop);
    const name = `told-${Date.now()}`;
    const made = await shopper.ask('POST', '/v1/webhook-endpoints', {
      url: await outside.inbox(name),
      events: ['order.delivered', 'order.confirmed', 'order.shipped'],
    });
    expect(made.status).toBe(201);
    const { id, secret } = made.body;
    expect(secret).toMatch(/^whsec_/);
    expecting(204, await sandbox('PUT', `/webhooks/${name}/secret`, { body: { secret } }));
    expect((await shopper.ask('GET', `/v1/webhook-endpoints/${id}`)).text).not.toContain('whsec_');
    const orderId = await buy(shopper);
    await parcelIs(orderId, 'in-transit');
    await until('shipped', async () => (await shopper.order(orderId)).status === 'shipped');
    await parcelIs(orderId, 'delivered');
    const received = async () => expecting(200, await sandbox('GET', `/webhooks/received?name=${name}&limit=100`)).body.data as Receipt[];
    const three = await until('three webhooks', async () => {
      const firsts = firstOfEach(await received());
      return firsts.length >= 3 && firsts;
    });
    const told = three.map(({ headers, body }) => new Webhook(secret).verify(body, headers) as { type: string; data: { orderId: string } });
    expect(told.map(({ type, data }) => [type, data.orderId])).toEqual(
      ['order.confirmed', 'order.shipped', 'order.delivered'].map((type) => [type, orderId]),
    );
    const deliveries = (await shopper.ask('GET', `/v1/webhook-endpoints/${id}/deliveries`)).body.data as {
      id: string;
      event: string;
      status: string;
    }[];
    expect(deliveries.map(({ event }) => event)).toEqual(['order.delivered', 'order.shipped', 'order.confirmed']);
    const copies = async () => (await received()).filter(({ headers }) => headers['webhook-id'] === deliveries[0]!.id).length;
    const before = await copies();
    const again = await shopper.ask('POST', `/v1/webhook-endpoints/${id}/deliveries/${deliveries[0]!.id}/resend`);
    expect([again.status, again.body.id]).toEqual([202, deliveries[0]!.id]);
    await until('one more', async () => (await copies()) > before);
    expect((await received()).filter(({ verified }) => verified !== true)).toEqual([]);
    const { secret: next } = expecting(201, await shopper.ask('POST', `/v1/webhook-endpoints/${id}/rotate-secret`)).body;
    const resent = async () => {
      const copiesBefore = await copies();
      expecting(202, await shopper.ask('POST', `/v1/webhook-endpoints/${id}/deliveries/${deliveries[0]!.id}/resend`));
      await until('one more', async () => (await copies()) > copiesBefore);
      return (await received()).at(-1)?.verified;
    };
    const withFormer = await resent();
    expecting(204, await sandbox('PUT', `/webhooks/${name}/secret`, { body: { secret: next } }));
    expect([withFormer, await resent()]).toEqual([true, true]);
    const stranger = await newCustomer(shop);
    expect([
      (await stranger.ask('GET', `/v1/webhook-endpoints/${id}`)).status,
      (await stranger.ask('DELETE', `/v1/webhook-endpoints/${id}`)).status,
    ]).toEqual([404, 404]);
    expect((await shopper.ask('DELETE', `/v1/webhook-endpoints/${id}`)).status).toBe(204);
    const refused = await Promise.all(
      ['http://127.0.0.1:1/', 'http://169.254.169.254/', 'http://10.0.0.1/', 'http://localhost:5432', 'ftp://shop.example'].map((url) =>
        shopper.ask('POST', '/v1/webhook-endpoints', { url, events: ['order.confirmed'] }),
      ),
    );
    expect(refused.map(({ status, body }) => [status, body.errors[0].pointer])).toEqual(refused.map(() => [400, '/url']));
  });

  it('by mail in the language of the order, as far as wanted; the inbox has all of it', async () => {
    const shopper = await newCustomer(shop);
    const german = { 'accept-language': 'de-DE,de;q=0.9' };
    const { body: cart } = await shopper.ask('POST', '/v1/carts', {}, german);
    const { variantId } = await productOfItsOwn(clerk, 5, 1_000);
    await shopper.add(cart.id, variantId, 1);
    const email = { order: false, shipment: false, loyalty: false, marketing: false };
    expect((await shopper.ask('PUT', '/v1/me/notification-preferences', { email })).body).toEqual({ email, digest: false });
    const { body: order } = await shopper.checkout(cart.id, { email: shopper.email });
    await parcelIs(order.id, 'delivered');
    const notices = await until('what was delivered, and its points', async () => {
      const { data } = (await shopper.ask('GET', '/v1/me/notifications')).body as { data: { id: string; kind: string; title: string }[] };
      return ['order.delivered', 'points.available'].every((wanted) => data.some(({ kind }) => kind === wanted)) && data;
    });
    const ofTheOrder = notices.map(({ kind }) => kind).filter((kind) => kind.startsWith('order.') && kind !== 'order.shipped'); // the carrier may be faster than the news of it
    expect([ofTheOrder, notices.length - new Set(notices.map(({ kind }) => kind)).size]).toEqual([
      ['order.delivered', 'order.confirmed'],
      0,
    ]);
    const later = await shopper.newCart();
    await shopper.add(later, variantId, 1);
    const { body: second } = await shopper.checkout(later, { email: shopper.email });
    const subjects = async () => (await outside.mails(shopper.email)).map(({ subject }) => subject);
    // What is not wanted would have been sent before the mail of an order that came later.
    const told = await until('the mail of the second order', async () => {
      const found = await subjects();
      return found.some((subject) => subject.endsWith(second.number)) && found;
    });
    expect(told.filter((subject) => !subject.endsWith(second.number))).toEqual([`Danke für deine Bestellung ${order.number}`]);
    const read = await shopper.ask('POST', `/v1/me/notifications/${notices[0]!.id}/read`);
    expect([read.status, typeof read.body.readAt]).toEqual([200, 'string']);
  });

  it('and says stop with one click', async () => {
    const shopper = await newCustomer(shop);
    const orderId = await buy(shopper);
    await parcelIs(orderId, 'in-transit');
    const mails = await until('the mail of the parcel', async () => {
      const found = await outside.mails(shopper.email);
      return found.length > 1 && found;
    });
    const shipped = (await Promise.all(mails.map(({ id }) => outside.mail(id)))).find(
      ({ headers }) => headers['x-tandem-event-type'] === 'order.shipped.v1',
    );
    const [, path = ''] = /^<https?:\/\/[^/]+(\/.*)>$/.exec(shipped?.headers['list-unsubscribe'] ?? '') ?? [];
    const opened = await shop('GET', path);
    expect([opened.status, opened.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect((await shopper.ask('GET', '/v1/me/notification-preferences')).body.email.shipment).toBe(true);
    const clicked = await shop('POST', path, {
      raw: 'List-Unsubscribe=One-Click',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(clicked.status).toBe(204);
    expect((await shopper.ask('GET', '/v1/me/notification-preferences')).body.email.shipment).toBe(false);
  });

  it('when a product is back, once and unless it was taken back', async () => {
    const [waiting, bored] = [await newCustomer(shop), await newCustomer(shop)];
    const { id: productId, variantId } = await productOfItsOwn(clerk, 0, 1_000);
    for (const shopper of [waiting, bored])
      expect((await shopper.ask('POST', `/v1/products/${productId}/followers`, {})).body).toEqual({ productId, email: shopper.email });
    expect((await bored.ask('DELETE', `/v1/products/${productId}/followers`)).status).toBe(204);
    for (let time = 0; time < 2; time += 1)
      expect((await clerk.ask('POST', '/admin/v1/stock-adjustments', { variantId, quantity: 3, reason: 'delivery' })).status).toBe(201);
    const mails = await until('the mail', async () => {
      const found = await outside.mails(waiting.email);
      return found.length > 0 && found;
    });
    await laterNewsHasCome();
    expect([(await outside.mails(waiting.email)).map(({ id }) => id), await outside.mails(bored.email)]).toEqual([[mails[0]?.id], []]);
  });

  it('when a product is cheaper, and that points can be spent; both as one mail a day when it wants so', async () => {
    const [waiting, gathering] = [await newCustomer(shop), await newCustomer(shop)];
    const email = { order: true, shipment: true, loyalty: true, marketing: false };
    const wish = { email, quietHours: { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' }, digest: true };
    expect((await gathering.ask('PUT', '/v1/me/notification-preferences', wish)).body).toEqual(wish);
    const unknown = await gathering.ask('PUT', '/v1/me/notification-preferences', {
      ...wish,
      quietHours: { ...wish.quietHours, timeZone: 'Mars/Olympus' },
    });
    expect([unknown.status, unknown.body.errors[0].pointer]).toEqual([400, '/quietHours/timeZone']);
    const { id: productId, variantId } = await productOfItsOwn(clerk, 0, 2_000);
    for (const shopper of [gathering, waiting])
      expect((await shopper.ask('POST', `/v1/products/${productId}/followers`, {})).status).toBe(201);
    for (const amount of [2_500, 1_500])
      expect((await clerk.ask('PUT', `/admin/v1/variants/${variantId}/price`, { amount, currency: 'EUR' })).status).toBe(200);
    await until('word of the price', async () =>
      (await outside.mails(waiting.email)).some(({ subject }) => subject.endsWith('is cheaper')),
    );
    const orderId = await buy(waiting);
    await parcelIs(orderId, 'delivered');
    await until('word of the points', async () =>
      (await outside.mails(waiting.email)).some(({ subject }) => subject.endsWith('points for you')),
    );
    expect(await outside.mails(gathering.email)).toEqual([]);
    const { data } = (await waiting.ask('GET', '/v1/me/notifications')).body as {
      data: { kind: string; title: string; orderId?: string }[];
    };
    expect(
      data.filter(({ kind }) => kind === 'points.available').map(({ title, orderId }) => [title.endsWith('points for you'), orderId]),
    ).toEqual([[true, undefined]]);
  });
});
