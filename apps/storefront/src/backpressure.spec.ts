import { connect, type Socket } from 'node:net';
import { createLoad, createMetrics, type Load, Refusal, type Work } from '@tandem/host';
import { eventually } from '@tandem/host/testing';
import request from 'supertest';
import { type SpecStorefront, startStorefront } from './spec-storefront.js';

describe('a storefront that is pressed', () => {
  const asked: Work[] = [];
  let storefront: SpecStorefront;
  const facts = () => ({ level: 0.7, waitMs: 90, serviceMs: 140, shed: { entry: 7, cart: 1, checkout: 0, browse: 0 } });
  const enter: Load['enter'] = (work) => (asked.push(work), work === 'browse' ? () => undefined : undefined);
  beforeAll(async () => {
    const ops = {
      getLoad: () =>
        Promise.resolve({
          service: 'order',
          isMeasured: true,
          level: 0,
          waitMs: 3,
          serviceMs: 0,
          shed: [{ work: 'checkout', count: '2' }],
        }),
    };
    const silentOps = {
      getLoad: () => Promise.resolve({ service: 'cart', isMeasured: false, level: 0, waitMs: 0, serviceMs: 0, shed: [] }),
    };
    const services = [
      { name: 'order', ops },
      { name: 'cart', ops: silentOps },
    ];
    storefront = await startStorefront({ services, pages: { page: () => Promise.resolve({ products: [], nextCursor: '' }) } }, undefined, {
      enter,
      facts,
    });
  });
  afterAll(() => storefront.close());

  it('refuses new work before it looks at what is asked, with the time to wait', async () => {
    const answer = await request(storefront.url).post('/v1/carts/cart_1/checkout').send({ surprise: true });
    expect([answer.status, answer.body.code, answer.body.retryable, answer.headers['retry-after'], answer.headers['content-type']]).toEqual(
      [503, 'overloaded', true, '3', 'application/problem+json; charset=utf-8'],
    );
    expect(asked).toEqual(['checkout']);
  });

  it('says so to its operators, service by service, and never refuses them', async () => {
    const answer = await request(storefront.url).get('/ops/v1/backpressure').set('Authorization', 'Bearer staff:cus_9');
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        state: 'shedding',
        silent: [],
        backlog: [
          { signal: 'outbox', of: '', oldestAgeMs: 0, closesAtMs: 900_000, opensAtMs: 300_000, isClosed: false },
          { signal: 'consumers', of: '', oldestAgeMs: 0, closesAtMs: 900_000, opensAtMs: 300_000, isClosed: false },
        ],
        data: [
          {
            service: 'storefront',
            state: 'shedding',
            level: 0.7,
            waitMs: 90,
            serviceMs: 140,
            shed: { entry: 7, cart: 1, checkout: 0, browse: 0 },
          },
          { service: 'order', state: 'normal', level: 0, waitMs: 3, serviceMs: 0, shed: { checkout: 2 } },
        ],
      },
    ]);
  });
});

describe('the places of a storefront', () => {
  const { registry } = createMetrics('spec', false);
  const load = createLoad(registry);
  const sockets: Socket[] = [];
  let storefront: SpecStorefront;
  let asked = 0;
  let answerAll: () => void;
  const free = { amount: '0', currency: 'EUR' };
  const held = new Promise<void>((resolve) => void (answerAll = resolve));
  const taken = async (): Promise<number | undefined> =>
    (await registry.getSingleMetric('admission_places_taken')?.get())?.values.find(({ labels }) => labels['of'] === 'shop')?.value;
  const say = (...texts: readonly string[]): Socket => {
    const socket = connect(Number(new URL(storefront.url).port), '127.0.0.1').on('error', () => undefined);
    for (const text of texts) socket.write(text);
    sockets.push(socket);
    return socket;
  };
  const cart = (id: string): string => `GET /v1/carts/${id} HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer guest:cus_1\r\n\r\n`;
  beforeAll(async () => {
    const getCart = async ({ cartId }: { cartId: string }): Promise<object> => {
      asked += 1;
      await held;
      if (cartId === 'cart_1') throw new Error('nobody is there any more');
      return {
        id: cartId,
        status: 'open',
        version: '1',
        currency: 'EUR',
        lines: [],
        subtotal: free,
        shipping: free,
        tax: free,
        discount: free,
        total: free,
      };
    };
    storefront = await startStorefront({ cart: { getCart } }, undefined, load);
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await storefront.close();
    load.stop();
  });

  it('are given back by those who went away in the middle, when what they had asked for is done', async () => {
    const gone = [say(cart('cart_1')), say(cart('cart_2'), cart('cart_3'))];
    await eventually(
      () => asked,
      (count) => count === 3,
    );
    expect(await taken()).toBe(3);
    await Promise.all(gone.map((socket) => new Promise((closed) => socket.once('close', closed).destroy())));
    answerAll();
    await eventually(taken, (count) => count === 0);
  });

  it('are not taken by a body that never ends', async () => {
    for (let n = 0; n < 70; n += 1)
      say('POST /v1/carts/cart_1/lines HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{');
    await eventually(
      () => sockets.filter(({ destroyed, pending, bytesWritten }) => !destroyed && (pending || bytesWritten === 0)).length,
      (count) => count === 0,
    );
    expect((await request(storefront.url).get('/asyncapi.json')).status).toBe(200); // what was sent before it has been read
    expect(await taken()).toBe(0);
  });
});

describe('a storefront behind which too much waits', () => {
  let storefront: SpecStorefront;
  let [outboxMs, lagMs, isPaused, isAway, isLogSilent] = [0, 0, false, false, false];
  let clock = 0;
  const cart = () => request(storefront.url).post('/v1/carts').set('Authorization', 'Bearer guest:cus_1').send({});
  const ops = {
    getLoad: () => Promise.resolve({ service: 'order', isMeasured: false, level: 0, waitMs: 0, serviceMs: 0, shed: [] }),
    getOutbox: () => Promise.resolve({ service: 'order', pending: '7', oldestAgeMs: String(outboxMs) }),
    listConsumers: () =>
      isAway
        ? Promise.reject(new Refusal('unavailable'))
        : Promise.resolve({
            consumers: [
              { group: 'order', topic: 'payment', oldestAgeMs: isLogSilent ? '0' : String(lagMs), paused: isPaused, isLogSilent },
            ],
          }),
  };
  beforeAll(async () => {
    storefront = await startStorefront({
      services: [{ name: 'order', ops }],
      cart: { createCart: () => Promise.reject(new Refusal('unavailable')) },
      customer: { login: () => Promise.reject(new Refusal('invalid-credentials')) },
    });
  });
  afterAll(() => storefront.close());
  beforeEach(() => void ([outboxMs, lagMs, isPaused, isAway, isLogSilent] = [0, 0, false, false, false]));
  const codeOf = async (asked: request.Test) => (await asked).body.code as string;
  const looked = async (): Promise<readonly string[]> => {
    await storefront.backlog.look(clock);
    await storefront.backlog.look((clock += 300_000));
    return storefront.backlog.facts().flatMap(({ signal, isClosed }) => (isClosed ? [signal] : []));
  };

  it('refuses new carts, not who logs in, and tells its operators which backlog it is', async () => {
    outboxMs = 900_000;
    expect(await looked()).toEqual(['outbox']);
    const refused = await cart();
    expect([refused.status, refused.body.code, refused.headers['retry-after']]).toEqual([503, 'overloaded', '10']);
    const login = request(storefront.url).post('/v1/auth/login').send({ email: 'ada@shop.example', password: 'long enough to be one' });
    expect(await codeOf(login)).toBe('invalid-credentials');
    const { body } = await request(storefront.url).get('/ops/v1/backpressure').set('Authorization', 'Bearer staff:cus_9');
    expect([body.state, body.backlog[0]]).toEqual([
      'shedding',
      { signal: 'outbox', of: 'order', oldestAgeMs: 900_000, closesAtMs: 900_000, opensAtMs: 300_000, isClosed: true },
    ]);
    expect(await storefront.metrics.registry.metrics()).toContain('admission_backlog_closed{signal="outbox",service="spec"} 1');
    outboxMs = 299_999;
    expect([await looked(), await codeOf(cart())]).toEqual([[], 'unavailable']);
  });

  it('goes by consumers as well, but not by those that pause for a system outside', async () => {
    lagMs = 900_000;
    expect(await looked()).toEqual(['consumers']);
    isPaused = true;
    expect(await looked()).toEqual([]);
  });

  it('lets everybody in while a service cannot say', async () => {
    outboxMs = 3_600_000;
    expect(await looked()).toEqual(['outbox']);
    isAway = true;
    expect(await looked()).toEqual([]);
  });

  it('lets everybody in while the log does not answer, as when the broker is away: then waiting is meant', async () => {
    [outboxMs, isLogSilent] = [3_600_000, true];
    expect(await looked()).toEqual([]);
    isLogSilent = false;
    expect(await looked()).toEqual(['outbox']);
  });
});
