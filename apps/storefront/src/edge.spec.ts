import { connect } from 'node:net';
import { type CallOptions, Refusal } from '@tandem/host';
import request from 'supertest';
import { type SpecStorefront, startStorefront } from './spec-storefront.js';

let storefront: SpecStorefront;
const guest = { Authorization: 'Bearer guest:cus_1' };
const staff = { Authorization: 'Bearer staff:cus_9' };
const checkoutBody = JSON.stringify({ paymentMethod: 'pm_card_visa', expectedTotal: { amount: 1, currency: 'EUR' } });
const asked: { request: unknown; as: unknown }[] = [];

beforeAll(async () => {
  storefront = await startStorefront({
    order: {
      lookupOrder: async (): Promise<never> => {
        throw new Refusal('not-found');
      },
      checkout: async (given: unknown, as: unknown): Promise<never> => {
        asked.push({ request: given, as });
        throw new Refusal('cart-empty');
      },
      getOrder: async (): Promise<never> => {
        throw new Error('a secret cause');
      },
      listOrders: async (given: unknown, as: unknown) => {
        asked.push({ request: given, as });
        return { orders: [], nextCursor: 'next' };
      },
    },
    shipping: {
      listShipments: async (): Promise<never> => {
        throw new Refusal('not-found');
      },
    },
    loyalty: { getBalance: async () => ({ balance: '1', pending: '2', tier: 'bronze' }) },
  });
});
afterAll(() => storefront.close());

const get = (path: string, headers: Record<string, string> = {}) => request(storefront.url).get(path).set(headers);
const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  request(storefront.url)
    .post(path)
    .set({ 'Content-Type': 'application/json', ...headers })
    .send(body);

/** What every problem has. */
function expectProblem(answer: request.Response, status: number, code: string): void {
  expect([answer.status, answer.body.code, answer.headers['content-type']]).toEqual([
    status,
    code,
    'application/problem+json; charset=utf-8',
  ]);
  expect(answer.body).toEqual(
    expect.objectContaining({
      type: `https://tandem.example/problems/${code}`,
      title: expect.any(String),
      status,
      requestId: answer.headers['x-request-id'],
      retryable: expect.any(Boolean),
    }),
  );
}

describe('the way in', () => {
  it('asks for a token, and says what is wrong with one', async () => {
    const missing = await get('/v1/orders');
    expectProblem(missing, 401, 'token-missing');
    expect(missing.headers['www-authenticate']).toBe('Bearer');
    expect(missing.body.detail).toBe(
      'send Authorization: Bearer <accessToken>, with that of POST /v1/auth/guest, /v1/auth/login or /v1/auth/register',
    );
    expectProblem(await get('/v1/orders', { Authorization: 'Bearer nonsense' }), 401, 'token-invalid');
    expectProblem(await get('/v1/orders', { Authorization: 'Basic abc' }), 401, 'token-invalid');
    const detailOf = async (token: string) => (await get('/v1/orders', { Authorization: `Bearer ${token}` })).body.detail;
    expect(await detailOf('nonsense')).toBe('this is no access token of this shop');
    expect(await detailOf('expired:2026-11-21')).toBe('expired at 2026-11-21T00:00:00.000Z; POST /v1/auth/refresh, or log in again');
  });

  it('lets only staff to the operations', async () => {
    const [missing, refused] = [await get('/ops/v1/consumers'), await get('/ops/v1/consumers', guest)];
    expectProblem(missing, 401, 'token-missing');
    expectProblem(refused, 403, 'forbidden');
    expect([missing.body.detail, refused.body.detail]).toEqual([
      'send Authorization: Bearer <accessToken>, with that of POST /v1/auth/login, as staff',
      'this token is of no member of staff',
    ]);
    const admitted = await get('/ops/v1/consumers', staff);
    expect([admitted.status, admitted.body]).toEqual([200, { data: [], silent: [] }]);
  });

  it('knows unknown paths from other methods of known ones', async () => {
    const nowhere = await get('/v1/nothing');
    expectProblem(nowhere, 404, 'not-found');
    expect(nowhere.body.detail).toBe('nothing is offered at this path');
    const unknown = await get('/v1/orders/ord_1/shipments', guest);
    expectProblem(unknown, 404, 'not-found');
    expect(unknown.body.detail).toBe('there is no order ord_1 of yours');
    const other = await request(storefront.url).delete('/v1/orders');
    expectProblem(other, 405, 'method-not-allowed');
    expect(other.headers['allow']).toBe('GET, HEAD');
    expect((await request(storefront.url).put('/v1/carts/cart_1')).headers['allow']).toBe('GET, HEAD, PATCH');
    expect((await request(storefront.url).post('/livez')).status).toBe(405);
  });

  it('echoes a request id that is well formed, and replaces any other', async () => {
    expect((await get('/v1/nothing', { 'X-Request-Id': 'abc.DEF_1-2' })).body.requestId).toBe('abc.DEF_1-2');
    const replaced = await get('/v1/nothing', { 'X-Request-Id': 'a b' });
    expect(replaced.body.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(replaced.headers['x-request-id']).toBe(replaced.body.requestId);
  });

  it('passes token, request id and trace on to other services', async () => {
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const answer = await get('/v1/orders?limit=5&cursor=abc', { ...guest, 'X-Request-Id': 'r1', traceparent: trace });
    expect([answer.status, answer.body, answer.headers['cache-control']]).toEqual([200, { data: [], nextCursor: 'next' }, 'no-store']);
    expect(asked.at(-1)).toMatchObject({
      request: { limit: 5, cursor: 'abc' },
      as: {
        isRepeatable: true,
        as: { token: 'guest:cus_1', requestId: 'r1', traceparent: trace, by: { kind: 'user', principal: { id: 'cus_1', kind: 'guest' } } },
      },
    });
  });
});

describe('the time of a request', () => {
  it('travels with every call made for it: 5 s, or as long as its endpoint says', async () => {
    const before = Date.now();
    await get('/v1/orders', guest);
    await post('/v1/carts/cart_1/checkout', checkoutBody, { ...guest, 'Idempotency-Key': 'k1' });
    const after = Date.now();
    const [list, checkout] = asked.slice(-2).map(({ as }) => as as CallOptions);
    for (const [options, patienceMs] of [
      [list, 5_000],
      [checkout, 30_000],
    ] as const) {
      expect(options?.as?.deadline?.getTime()).toBeGreaterThanOrEqual(before + patienceMs);
      expect(options?.as?.deadline?.getTime()).toBeLessThanOrEqual(after + patienceMs);
    }
    expect([list?.timeoutMs, checkout?.timeoutMs]).toEqual([undefined, 30_000]);
  });
});

describe('bad input', () => {
  it.each([
    ['/v1/orders?limit=0', '/query/limit', 'too-small'],
    ['/v1/orders?limit=101', '/query/limit', 'too-big'],
    ['/v1/orders?limit=ten', '/query/limit', 'invalid-type'],
    ['/v1/orders?limit=1&limit=2', '/query/limit', 'invalid-type'],
    ['/v1/orders?offset=1', '/query/offset', 'unknown-field'],
    ['/v1/orders?cursor=%00', '/query/cursor', 'nul'],
    ['/v1/loyalty?x=1', '/query/x', 'unknown-field'],
  ])('%s is refused and names the parameter', async (path, pointer, code) => {
    const answer = await get(path, guest);
    expectProblem(answer, 400, 'validation-failed');
    expect(answer.body.errors).toEqual([{ pointer, code, message: expect.any(String) }]);
  });

  it('is refused as a key that is empty, also where none is needed, since it would protect nothing', async () => {
    const answer = await post('/v1/carts', '{}', { ...guest, 'Idempotency-Key': '' });
    expectProblem(answer, 400, 'idempotency-key-missing');
    expect(answer.body.errors[0].pointer).toBe('/header/Idempotency-Key');
  });

  it('names every field of a body that does not fit', async () => {
    const answer = await post('/v1/orders/lookup', '{"email":"nobody","extra":1}');
    expectProblem(answer, 400, 'validation-failed');
    expect(answer.body.errors.map(({ pointer, code }: { pointer: string; code: string }) => [pointer, code])).toEqual([
      ['/number', 'required'],
      ['/email', 'invalid-format'],
      ['/extra', 'unknown-field'],
    ]);
    expect((await post('/v1/orders/lookup', '')).body.errors).toEqual([
      { pointer: '', code: 'required', message: 'is required: wants an object' },
    ]);
  });

  it.each([
    ['no JSON', '{"number":', 400, 'malformed-json'],
    ['U+0000', '{"number":"\\u0000","email":"a@b.example"}', 400, 'validation-failed'],
    ['a depth over 20', '['.repeat(21) + ']'.repeat(21), 400, 'validation-failed'],
    ['more than 100 kB', JSON.stringify({ number: 'x'.repeat(100_001) }), 413, 'body-too-large'],
  ])('refuses a body of %s', async (_what, body, status, code) => {
    expectProblem(await post('/v1/orders/lookup', body), status, code);
  });

  it('refuses a body that is not UTF-8', async () => {
    const answer = await request(storefront.url)
      .post('/v1/orders/lookup')
      .set('Content-Type', 'application/json')
      .serialize((bytes: unknown) => bytes as string)
      .send(Buffer.from([0x22, 0xff, 0x22]));
    expectProblem(answer, 400, 'malformed-json');
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'multipart/form-data; boundary=x'])(
    'refuses a body of type %s',
    async (type) => {
      const refused = await post('/v1/orders/lookup', 'number=1', { 'Content-Type': type });
      expectProblem(refused, 415, 'unsupported-media-type');
      expect(refused.body.detail).toBe('send Content-Type: application/json');
    },
  );

  it.each(['/v1/products/%ZZ', '/v1/products/%00', `/v1/products/${'x'.repeat(600)}`])('never fails for the path %s', async (path) => {
    const answer = await get(path, guest);
    expect(answer.status).toBeLessThan(500);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it('answers headers over 16 kB', async () => {
    const raw = await new Promise<string>((resolve, reject) => {
      const { port } = new URL(storefront.url);
      const socket = connect(Number(port), '127.0.0.1', () =>
        socket.write(`GET /livez HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`),
      );
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('end', () => resolve(text));
      socket.on('error', reject);
    });
    expect(raw).toMatch(/^HTTP\/1\.1 431 /);
    expect(JSON.parse(raw.slice(raw.indexOf('\r\n\r\n')))).toMatchObject({ code: 'headers-too-large', status: 431 });
  });
});

describe('failures', () => {
  it('of our own tell nothing of their cause', async () => {
    const answer = await get('/v1/orders/ord_1', guest);
    expectProblem(answer, 500, 'internal-error');
    expect(answer.text).not.toContain('secret');
  });

  it('of others are passed on', async () => {
    expectProblem(await post('/v1/orders/lookup', '{"number":"X","email":"a@b.example"}'), 404, 'not-found');
  });
});

describe('limits', () => {
  it('take ten lookups of a number a minute from one address', async () => {
    const statuses: number[] = [];
    for (let tries = 0; tries < 11; tries += 1)
      statuses.push((await post('/v1/orders/lookup', '{"number":"LOOK","email":"a@b.example"}')).status);
    expect(statuses).toEqual([...Array<number>(10).fill(404), 429]);
    const spent = await post('/v1/orders/lookup', '{"number":"look","email":"a@b.example"}');
    expectProblem(spent, 429, 'rate-limited');
    expect(Number(spent.headers['retry-after'])).toBeGreaterThan(0);
    expect((await post('/v1/orders/lookup', '{"number":"OTHER","email":"a@b.example"}')).status).toBe(404);
  });
});
