import { PeerUnavailable, Refusal } from '@tandem/host';
import request from 'supertest';
import { type SpecStorefront, startStorefront } from './spec-storefront.js';

type Options = { as?: { idempotencyKey?: string }; onReplayed?: () => void; timeoutMs?: number };
type Handler = (given: Record<string, unknown>, options: Options) => Promise<unknown>;

const eur = (amount: number) => ({ amount: String(amount), currency: 'EUR' });
const cart = {
  id: 'cart_1',
  version: '7',
  status: 'open',
  currency: 'EUR',
  lines: [],
  subtotal: eur(100),
  shipping: eur(490),
  tax: eur(0),
  discount: eur(0),
  total: eur(590),
  locale: 'en',
};
const address = { name: 'Ada', line1: 'Street 1', city: 'Berlin', postalCode: '10115', country: 'DE' };
const order = {
  id: 'ord_1',
  number: 'AB12CD34',
  status: 'confirmed',
  subtotal: eur(100),
  shipping: eur(490),
  tax: eur(0),
  discount: eur(0),
  total: eur(590),
  email: 'ada@shop.example',
  lines: [{ id: 'line_1', variantId: 'var_1', sku: 'S', title: 'T', quantity: 1, unitPrice: eur(100), total: eur(100), seats: [] }],
  shippingAddress: address,
  shipments: [],
  loyalty: { earned: 0, redeemed: 0 },
  createdAt: '2026-11-21T12:00:00.000Z',
  payment: { id: 'pay_1', status: 'captured', amount: eur(590) },
};
const session = (kind: string, id: string) => ({ accessToken: 'a', refreshToken: 'r', expiresInSeconds: 600, principal: { id, kind } });

const lamp = {
  id: 'prod_1',
  slug: 'lamp',
  title: 'Lamp',
  description: '',
  category: 'home',
  imageUrl: '/images/1.webp',
  pictures: [],
  variants: [
    { id: 'var_1', sku: 'L1', title: 'one', prices: [eur(1_000)], seats: [] },
    { id: 'var_2', sku: 'L2', title: 'two', prices: [eur(2_000), { amount: '300', currency: 'JPY' }], seats: [] },
  ],
};

/** What the next call of a peer does. */
let next: Handler;
let storefront: SpecStorefront;
const calls: { name: string; given: Record<string, unknown>; options: Options }[] = [];

function peer(...names: string[]): object {
  const entries = names.map((name) => [
    name,
    (given: Record<string, unknown>, options: Options) => {
      calls.push({ name, given, options });
      return next(given, options);
    },
  ]);
  return Object.fromEntries(entries) as object;
}

beforeAll(async () => {
  storefront = await startStorefront({
    cart: peer('createCart', 'getCart', 'updateCart', 'addLine', 'changeLine', 'listShippingOptions', 'adopt'),
    order: peer('checkout', 'cancelOrder'),
    customer: peer('createGuest', 'register', 'login', 'refresh', 'logout', 'getMe'),
    pages: { find: async () => lamp },
    availability: { of: async () => new Map() },
  });
});
afterAll(() => storefront.close());
beforeEach(() => {
  calls.length = 0;
  next = async () => cart;
});

const guest = { Authorization: 'Bearer guest:cus_1' };
const send = (method: 'get' | 'post' | 'patch' | 'delete', path: string, body?: object, headers: Record<string, string> = {}) =>
  request(storefront.url)
    [method](path)
    .set({ ...guest, ...headers })
    .send(body);

describe('a cart', () => {
  it('carries a strong ETag that changes with its version and with its prices', async () => {
    const first = await send('get', '/v1/carts/cart_1');
    expect([first.status, first.body]).toEqual([
      200,
      {
        id: 'cart_1',
        status: 'open',
        currency: 'EUR',
        lines: [],
        subtotal: { amount: 100, currency: 'EUR' },
        shipping: { amount: 490, currency: 'EUR' },
        tax: { amount: 0, currency: 'EUR' },
        discount: { amount: 0, currency: 'EUR' },
        total: { amount: 590, currency: 'EUR' },
      },
    ]);
    expect(first.headers['etag']).toMatch(/^"7-[0-9a-f]{12}"$/);
    next = async () => ({ ...cart, total: eur(600) });
    expect((await send('get', '/v1/carts/cart_1')).headers['etag']).not.toBe(first.headers['etag']);
    next = async () => cart;
    expect((await send('get', '/v1/carts/cart_1')).headers['etag']).toBe(first.headers['etag']);
  });

  it('shows what lowers its price, and passes on that nothing shall', async () => {
    next = async () => ({ ...cart, pointsToRedeem: '300', promotionCode: 'SPRING', promotionIdle: 'ended' });
    const shown = await send('patch', '/v1/carts/cart_1', { pointsToRedeem: 300, promotionCode: 'spring' });
    expect([calls.at(-1)?.given, shown.body]).toMatchObject([
      { pointsToRedeem: '300', promotionCode: 'spring' },
      { pointsToRedeem: 300, promotionCode: 'SPRING', promotionIdle: 'ended' },
    ]);
    await send('patch', '/v1/carts/cart_1', { pointsToRedeem: null, promotionCode: null });
    expect(calls.at(-1)?.given).toEqual({ cartId: 'cart_1', pointsToRedeem: '0', promotionCode: '' });
    const refused = await send('patch', '/v1/carts/cart_1', { pointsToRedeem: -1, promotionCode: '' });
    expect((refused.body.errors as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(['/pointsToRedeem', '/promotionCode']);
  });

  it.each([
    ['one tag', '"7-0123456789ab"', '7'],
    ['the star', '*', undefined],
    ['the tag that fits, of several', '"6-0123456789ab", "7-0123456789ab"', '7'],
  ])('is written under the version that If-Match names: %s', async (_what, ifMatch, expectedVersion) => {
    const answer = await send('post', '/v1/carts/cart_1/lines', { variantId: 'var_1', quantity: 2 }, { 'If-Match': ifMatch });
    expect(answer.status).toBe(201);
    expect(calls.at(-1)).toMatchObject({ name: 'addLine', given: { cartId: 'cart_1', variantId: 'var_1', quantity: 2 } });
    expect(calls.at(-1)?.given['expectedVersion']).toBe(expectedVersion);
  });

  it.each([
    ['W/"7-0123456789ab"', /^If-Match has only weak ETags .* send the ETag of the cart as it came, in double quotes$/],
    ['nonsense', /^If-Match is no list of ETags: send the ETag of the cart as it came, in double quotes/],
    ['"other"', /^read the cart again/],
    ['"5-0123456789ab", "6-0123456789ab"', /^read the cart again/],
  ])('is not written when no version can fit, and is told why: %s', async (ifMatch, detail) => {
    const answer = await send('patch', '/v1/carts/cart_1', { email: 'ada@shop.example' }, { 'If-Match': ifMatch });
    expect([answer.status, answer.body.code, calls.map(({ name }) => name)]).toEqual([412, 'cart-changed', ['getCart']]);
    expect(answer.body.detail).toMatch(detail);
  });

  it('is created in EUR, in the language of the browser, unless told otherwise', async () => {
    const answer = await send('post', '/v1/carts', undefined, { 'Accept-Language': 'pl, de-AT;q=0.8, en;q=0.5' });
    expect([answer.status, answer.headers['location'], calls.at(-1)?.given]).toEqual([
      201,
      '/v1/carts/cart_1',
      { currency: 'EUR', locale: 'de' },
    ]);
  });

  it.each([
    [{ variantId: 'var_1', quantity: 0 }, '/quantity'],
    [{ variantId: 'var_1', quantity: 1000 }, '/quantity'],
    [{ variantId: 'var_1', quantity: 1.5 }, '/quantity'],
    [{ variantId: 'var_1', quantity: '1' }, '/quantity'],
    [{ quantity: 1 }, '/variantId'],
    [{ variantId: 'var_1', quantity: 1, price: 1 }, '/price'],
  ])('takes no line like %j', async (body, pointer) => {
    const answer = await send('post', '/v1/carts/cart_1/lines', body);
    expect([answer.status, answer.body.code, answer.body.errors[0].pointer, calls]).toEqual([400, 'validation-failed', pointer, []]);
  });

  it('shows what is left when there is not enough', async () => {
    next = async () => {
      throw new Refusal('out-of-stock', { extensions: { available: 3 } });
    };
    const answer = await send('post', '/v1/carts/cart_1/lines', { variantId: 'var_1', quantity: 5 });
    expect([answer.status, answer.body]).toEqual([409, expect.objectContaining({ code: 'out-of-stock', available: 3, retryable: false })]);
  });
});

describe('a checkout', () => {
  const body = { paymentMethod: 'pm_card_visa', expectedTotal: { amount: 590, currency: 'EUR' } };
  const checkout = (headers: Record<string, string> = { 'Idempotency-Key': 'k1' }, given: object = body) =>
    send('post', '/v1/carts/cart_1/checkout', given, headers);

  it.each([
    ['no key', {}],
    ['a key that is too long', { 'Idempotency-Key': 'x'.repeat(256) }],
  ])('with %s is refused', async (_what, headers) => {
    const answer = await checkout(headers as Record<string, string>);
    expect([answer.status, answer.body.code, calls]).toEqual([400, 'idempotency-key-missing', []]);
    expect(answer.body.detail).toBe('send a key of your own, e.g. a UUID: a new one for each request, the same to repeat it');
  });

  it('answers the confirmed order, and takes the delivery from the body', async () => {
    next = async () => order;
    const answer = await checkout(
      { 'Idempotency-Key': 'k1' },
      { ...body, email: 'ada@shop.example', shippingAddress: address, shippingOptionId: 'standard' },
    );
    expect([answer.status, answer.headers['location'], answer.body.status, answer.body.payment]).toEqual([
      201,
      '/v1/orders/ord_1',
      'confirmed',
      { id: 'pay_1', status: 'captured', amount: { amount: 590, currency: 'EUR' } },
    ]);
    expect(calls.at(-1)).toMatchObject({
      given: {
        cartId: 'cart_1',
        paymentMethod: 'pm_card_visa',
        expectedTotal: eur(590),
        email: 'ada@shop.example',
        shippingAddress: address,
        shippingOptionId: 'standard',
        respondAsync: false,
      },
      options: { as: { idempotencyKey: 'k1' }, timeoutMs: 30_000 },
    });
  });

  it.each(['pending', 'payment-unknown', 'requires-action'])('answers 202 for an order that is %s', async (status) => {
    next = async () => ({ ...order, status });
    const answer = await checkout();
    expect([answer.status, answer.headers['location'], answer.body.status]).toEqual([202, '/v1/orders/ord_1', status]);
  });

  it('may be asked to answer at once', async () => {
    next = async () => ({ ...order, status: 'pending' });
    const answer = await checkout({ 'Idempotency-Key': 'k1', Prefer: 'respond-async, wait=1' });
    expect([answer.status, answer.headers['preference-applied'], calls.at(-1)?.given['respondAsync']]).toEqual([
      202,
      'respond-async',
      true,
    ]);
  });

  it('says when the answer is a stored one, byte for byte', async () => {
    next = async (_given, { onReplayed }) => {
      onReplayed?.();
      return order;
    };
    const [first, second] = [await checkout(), await checkout()];
    expect([first.headers['idempotency-replayed'], second.text === first.text]).toEqual(['true', true]);
  });

  it('gives a stored refusal with the id of the request it was made for', async () => {
    next = async () => {
      throw new Refusal('payment-declined', { extensions: { declineCode: 'insufficient_funds' } }, { requestId: 'first-request' });
    };
    const answer = await checkout({ 'Idempotency-Key': 'k1', 'X-Request-Id': 'second-request' });
    expect([answer.status, answer.headers['idempotency-replayed'], answer.headers['x-request-id']]).toEqual([
      402,
      'true',
      'second-request',
    ]);
    expect(answer.body).toMatchObject({ code: 'payment-declined', declineCode: 'insufficient_funds', requestId: 'first-request' });
  });

  it('is unavailable, with a time to wait, when order does not answer', async () => {
    next = async () => {
      throw new PeerUnavailable('order', 14);
    };
    const answer = await checkout();
    expect([answer.status, answer.body.code, answer.headers['retry-after'], answer.body.retryable]).toEqual([
      503,
      'unavailable',
      '1',
      true,
    ]);
  });
});

describe('idempotency keys', () => {
  it('travel with every POST that has an effect, and with no other request', async () => {
    const key = { 'Idempotency-Key': 'k9' };
    await send('post', '/v1/carts', {}, key);
    await send('patch', '/v1/carts/cart_1', {}, key);
    await send('get', '/v1/carts/cart_1', undefined, key);
    next = async () => order;
    await send('post', '/v1/orders/ord_1/cancel', undefined, key);
    next = async () => session('guest', 'cus_2');
    await send('post', '/v1/auth/guest', undefined, key);
    expect(calls.map(({ name, options }) => [name, options.as?.idempotencyKey])).toEqual([
      ['createCart', 'k9'],
      ['updateCart', undefined],
      ['getCart', undefined],
      ['cancelOrder', 'k9'],
      ['createGuest', undefined],
    ]);
  });
});

describe('opening an account', () => {
  const registration = { email: 'ada@shop.example', password: 'correct horse', name: 'Ada' };

  it('moves the guest’s cart before it answers', async () => {
    next = async () => session('customer', 'cus_2');
    const answer = await send('post', '/v1/auth/register', registration);
    expect([answer.status, answer.body]).toEqual([
      201,
      { accessToken: 'a', refreshToken: 'r', expiresIn: 600, principal: { id: 'cus_2', kind: 'customer' } },
    ]);
    expect(calls.map(({ name, given }) => [name, given])).toEqual([
      ['register', { ...registration, locale: 'en' }],
      ['adopt', { guestId: 'cus_1', customerId: 'cus_2' }],
    ]);
  });

  it('moves nothing for a customer, for nobody, or for a token that is not valid', async () => {
    next = async () => session('customer', 'cus_2');
    for (const token of ['customer:cus_3', 'nonsense'])
      await send('post', '/v1/auth/login', registration, { Authorization: `Bearer ${token}` });
    await request(storefront.url).post('/v1/auth/login').send(registration);
    expect(calls.map(({ name }) => name)).toEqual(['login', 'login', 'login']);
  });

  it('is refused when the e-mail is taken', async () => {
    next = async () => {
      throw new Refusal('email-taken');
    };
    expect((await send('post', '/v1/auth/register', registration)).status).toBe(409);
  });

  it('answers who somebody is, and ends a session without a body', async () => {
    next = async () => ({ id: 'cus_1', kind: 'guest', locale: 'en' });
    expect((await send('get', '/v1/me')).body).toEqual({ id: 'cus_1', email: null, name: null, kind: 'guest' });
    next = async () => ({});
    const ended = await send('post', '/v1/auth/logout', { refreshToken: 'r' });
    expect([ended.status, ended.text]).toEqual([204, '']);
  });
});

describe('a product without a price in the currency asked for', () => {
  it('says in which it has some, whether the shop offers the other one or not', async () => {
    for (const currency of ['USD', 'CHF']) {
      const { status, body } = await request(storefront.url).get(`/v1/products/lamp?currency=${currency}`);
      expect([status, body]).toEqual([
        422,
        expect.objectContaining({ code: 'currency-not-offered', detail: 'lamp has prices in EUR, JPY' }),
      ]);
    }
  });
});
