import { randomUUID } from 'node:crypto';
import type { Answer } from '../client/http.js';
import { photo } from '../client/photo.js';
import { readyCart } from '../client/ready-cart.js';
import { expecting, newCustomer, staff, type Shopper } from '../client/shopper.js';
import { until } from '../client/until.js';
import { productOfItsOwn } from '../client/world.js';
import { target } from '../target.js';

const { shop, sandbox, outside } = target();

type Sending = { readonly by: Shopper; readonly path: string; readonly body?: unknown; readonly jpeg?: Buffer };

/** The same request twice under one key. */
async function twice({ by, path, body, jpeg }: Sending): Promise<readonly [Answer, Answer]> {
  const key = { 'idempotency-key': randomUUID() };
  const send = (): Promise<Answer> =>
    jpeg
      ? shop('POST', path, { token: by.token, raw: jpeg, headers: { ...key, 'content-type': 'image/jpeg' } })
      : by.ask('POST', path, body, key);
  return [await send(), await send()];
}

/** The first of a list, once there is one that will do. */
const first = (by: Shopper, path: string, fits: (one: any) => boolean = () => true): Promise<any> =>
  until(path, async () => (await by.ask('GET', path)).body.data?.find(fits) as unknown);
const there = (by: Shopper, path: string) => until(path, async () => (await by.ask('GET', path)).status === 200);

let clerk: Shopper;
let shopper: Awaited<ReturnType<typeof newCustomer>>;
let product: Awaited<ReturnType<typeof productOfItsOwn>>;
let endpointId: string;
/** A paid order; one whose parcel and mail cannot be delivered; one whose payment waits for its shopper. */
let [paid, undeliverable, waiting]: string[] = [];
let refundId: string;

beforeAll(async () => {
  [clerk, shopper] = await Promise.all([staff(shop), newCustomer(shop)]);
  product = await productOfItsOwn(clerk, 20, 1_000);
  const wanted = { url: await outside.inbox(`keys-${shopper.id}`), events: ['order.confirmed'] };
  endpointId = expecting(201, await shopper.ask('POST', '/v1/webhook-endpoints', wanted)).body.id;
  const cartOf = () => readyCart(shopper, [{ variantId: product.variantId, quantity: 1 }]);
  const [one, two, three] = await Promise.all([cartOf(), cartOf(), cartOf()]);
  paid = expecting(201, await one.checkout({ email: shopper.email })).body.id as string;
  undeliverable = expecting(201, await two.checkout({ email: `${shopper.id}@tandem.invalid`, line1: 'UNDELIVERABLE Lane 3' })).body
    .id as string;
  waiting = (await three.checkout({ paymentMethod: 'pm_card_3ds' })).body.id as string;
});
afterAll(async () => {
  await shop.close();
  await sandbox.close();
});

const steering = (verb: string) => (): Sending => ({
  by: clerk,
  path: `/ops/v1/schedules/document/forget-idempotency-keys/${verb}`,
  body: { reason: 'a journey' },
});
const letter = () => first(clerk, `/ops/v1/dead-letters?orderId=${undeliverable}`);

/** By operation, in the order they are sent: what is made by one is there for the next. */
const sendings: Readonly<Record<string, () => Sending | Promise<Sending>>> = {
  createProduct: () => ({
    by: clerk,
    path: '/admin/v1/products',
    body: {
      title: `Test kettle ${randomUUID()}`,
      description: 'Made for one test.',
      category: 'kitchen',
      variants: [{ sku: `TEST-${randomUUID()}`.toUpperCase(), title: 'One size', prices: [{ amount: 1_000, currency: 'EUR' }], stock: 1 }],
    },
  }),
  adjustStock: () => ({
    by: clerk,
    path: '/admin/v1/stock-adjustments',
    body: { variantId: product.variantId, quantity: 1, reason: 'found' },
  }),
  createLocation: () => ({ by: clerk, path: '/admin/v1/locations', body: { name: `Shelf ${randomUUID()}` } }),
  createPromotion: () => ({
    by: clerk,
    path: '/admin/v1/promotions',
    body: { code: `KEYS-${randomUUID().slice(0, 8)}`, title: 'Ten percent', effect: { kind: 'percentage', basisPoints: 1_000 } },
  }),
  uploadPicture: async () => ({ by: clerk, path: '/admin/v1/media', jpeg: await photo(40, 30) }),
  cancelJob: async () => {
    const raw = await photo(2_000, 1_500);
    const { job } = expecting(
      202,
      await shop('POST', '/admin/v1/media', { token: clerk.token, raw, headers: { 'content-type': 'image/jpeg' } }),
    ).body;
    return { by: clerk, path: `/v1/jobs/${job.id}/cancel` };
  },
  followProduct: () => ({ by: shopper, path: `/v1/products/${product.id}/followers`, body: {} }),
  createCart: () => ({ by: shopper, path: '/v1/carts', body: { currency: 'EUR' } }),
  addCartLine: async () => ({
    by: shopper,
    path: `/v1/carts/${await shopper.newCart()}/lines`,
    body: { variantId: product.variantId, quantity: 1 },
  }),
  checkout: async () => {
    const { id, total } = await readyCart(shopper, [{ variantId: product.variantId, quantity: 1 }]);
    return { by: shopper, path: `/v1/carts/${id}/checkout`, body: { paymentMethod: 'pm_card_visa', expectedTotal: total } };
  },
  refundOrder: () => ({
    by: clerk,
    path: `/v1/orders/${paid}/refunds`,
    body: { amount: { amount: 100, currency: 'EUR' }, reason: 'a scratch' },
  }),
  requestInvoice: async () => {
    await there(shopper, `/v1/orders/${paid}/invoice`);
    return { by: shopper, path: `/v1/orders/${paid}/invoice` };
  },
  requestCreditNote: async () => {
    refundId = (await first(shopper, `/v1/orders/${paid}/refunds`)).id;
    await there(shopper, `/v1/orders/${paid}/refunds/${refundId}/credit-note`);
    return { by: shopper, path: `/v1/orders/${paid}/refunds/${refundId}/credit-note` };
  },
  requestPackingSlip: async () => {
    await there(clerk, `/admin/v1/orders/${paid}/packing-slip`);
    return { by: clerk, path: `/admin/v1/orders/${paid}/packing-slip` };
  },
  readNotification: async () => ({ by: shopper, path: `/v1/me/notifications/${(await first(shopper, '/v1/me/notifications')).id}/read` }),
  createWebhookEndpoint: async () => ({
    by: shopper,
    path: '/v1/webhook-endpoints',
    body: { url: await outside.inbox(`more-${shopper.id}`), events: ['order.shipped'] },
  }),
  resendWebhookDelivery: async () => {
    const path = `/v1/webhook-endpoints/${endpointId}/deliveries`;
    return { by: shopper, path: `${path}/${(await first(shopper, path, ({ status }) => status === 'delivered')).id}/resend` };
  },
  rotateWebhookSecret: () => ({ by: shopper, path: `/v1/webhook-endpoints/${endpointId}/rotate-secret` }),
  resendDelivery: async () => {
    const { id } = await first(clerk, `/ops/v1/deliveries?orderId=${undeliverable}`, ({ status }) => status === 'bounced');
    return { by: clerk, path: `/ops/v1/deliveries/${id}/resend`, body: { reason: 'the shopper called', to: shopper.email } };
  },
  replayDeadLetters: async () => ({
    by: clerk,
    path: '/ops/v1/dead-letters/replay',
    body: { orderId: undeliverable, type: (await letter()).type },
  }),
  replayDeadLetter: async () => ({
    by: clerk,
    path: `/ops/v1/dead-letters/${(await letter()).id}/replay`,
    body: { why: 'once more' },
  }),
  discardDeadLetter: async () => ({
    by: clerk,
    path: `/ops/v1/dead-letters/${(await letter()).id}/discard`,
    body: { reason: 'no such street' },
  }),
  cancelOrder: () => ({ by: shopper, path: `/v1/orders/${undeliverable}/cancel`, body: { reason: 'it never comes' } }),
  retrySaga: () => ({ by: clerk, path: `/ops/v1/sagas/${waiting}/retry`, body: { reason: 'a journey' } }),
  cancelSaga: () => ({ by: clerk, path: `/ops/v1/sagas/${waiting}/cancel`, body: { reason: 'a journey' } }),
  pauseSchedule: steering('pause'),
  runSchedule: steering('run'),
  resumeSchedule: steering('resume'),
};

/** Undefined when the machine held us up for so long that what is to be cancelled had ended by itself: such a try shows nothing of keys. */
async function sentInTime(operationId: string): Promise<readonly [Answer, Answer] | undefined> {
  const [once, again] = await twice(await sendings[operationId]!());
  return once.body?.code === 'job-ended' ? undefined : [once, again];
}

describe('a POST that honours Idempotency-Key', () => {
  it('has its case here', async () => {
    type Operation = { operationId: string; parameters?: { name?: string }[] };
    const { paths } = expecting(200, await shop('GET', '/openapi.json')).body as { paths: Record<string, { post?: Operation }> };
    const honouring = Object.values(paths).flatMap(({ post }) =>
      post?.parameters?.some(({ name }) => name === 'Idempotency-Key') ? [post.operationId] : [],
    );
    expect(Object.keys(sendings).sort()).toEqual(honouring.sort());
  });

  it.each(Object.keys(sendings))('%s is answered the second time byte for byte as the first, and says so', async (operationId) => {
    const [once, again] = await until(`${operationId} in time`, () => sentInTime(operationId));
    if (once.status < 200 || once.status > 202) throw new Error(`${operationId} did not come about: ${once.status} ${once.text}`);
    expect([again.status, again.text]).toEqual([once.status, once.text]);
    expect([once.headers, again.headers].map((headers) => headers['idempotency-replayed'])).toEqual([undefined, 'true']);
  });
});
