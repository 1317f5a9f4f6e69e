import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type Metadata, Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { cartV1, customerV1, inventoryV1, opsV1, orderV1, paymentV1, shippingV1 } from '@tandem/contracts';
import {
  createIdentity,
  createPeer,
  issuer,
  newId,
  newUuid,
  type Peer,
  type Refusal,
  type RunningService,
  startService,
  userAudience,
} from '@tandem/host';
import { eventually, freePort } from '@tandem/host/testing';
import { memoryEventLog, type NewRecord } from '@tandem/messaging';
import { SignJWT } from 'jose';
import { order } from './order.module.js';
import { createSpecDatabase, type SpecDatabase } from './spec-database.js';

const eur = (amount: number) => ({ amount: String(amount), currency: 'EUR' });
const address = { name: 'Ada', line1: 'Allee 1', city: 'Berlin', postalCode: '10115', country: 'DE' };
const jwkOf = (key: KeyObject): object => key.export({ format: 'jwk' });

/** `causes`: the request for which each was called the last time. */
type Witness = { readonly calls: string[]; readonly causes: Map<string, unknown>; readonly mayAnswer: () => Promise<void> };

/** The other services, as far as order calls them. */
function others(publicKey: KeyObject, { calls, causes, mayAnswer }: Witness): readonly (readonly [object, UntypedServiceImplementation])[] {
  type Call = { request: Record<string, never>; metadata: Metadata };
  const answer =
    (name: string, reply: (request: Record<string, never>) => object) => (call: Call, done: (error: null, value: object) => void) => {
      calls.push(name);
      causes.set(name, call.metadata.get('x-request-id')[0]);
      done(null, reply(call.request));
    };
  const slowly =
    (until: () => Promise<void>, ...[name, reply]: Parameters<typeof answer>): ReturnType<typeof answer> =>
    (call, done) =>
      void until().then(() => answer(name, reply)(call, done));
  const line = {
    lineId: newId('line'),
    variantId: newId('variant'),
    sku: 'MUG',
    title: 'Mug',
    category: 'kitchen',
    quantity: 1,
    unitPrice: eur(1_000),
    total: eur(1_000),
    discount: eur(0),
    weightGrams: 300,
    seats: [],
  };
  const quote = {
    currency: 'EUR',
    locale: 'en',
    email: 'ada@tandem.example',
    shippingAddress: address,
    lines: [line],
    shippingOption: { id: 'standard', title: 'Standard', price: eur(490), estimatedDays: 3, carrier: 'sandbox', service: 'standard' },
    subtotal: eur(1_000),
    shipping: eur(490),
    tax: eur(0),
    discount: eur(0),
    total: eur(1_490),
  };
  const jwks = JSON.stringify({ keys: [{ ...jwkOf(publicKey), kid: 'k1', alg: 'EdDSA' }] });
  return [
    [customerV1.CustomerServiceService, { getJwks: answer('getJwks', () => ({ json: jwks })) }],
    [cartV1.CartServiceService, { price: answer('price', ({ cartId }) => ({ ...quote, cartId })) }],
    [
      inventoryV1.InventoryServiceService,
      {
        reserve: answer('reserve', () => ({ outcome: inventoryV1.Reservation_Outcome.OUTCOME_RESERVED, shortages: [] })),
        take: answer('take', () => ({ outcome: inventoryV1.Taking_Outcome.OUTCOME_TAKEN, parts: [] })),
        release: answer('release', () => ({})),
      },
    ],
    [
      paymentV1.PaymentServiceService,
      {
        charge: slowly(mayAnswer, 'charge', ({ amount, paymentMethod }) => ({
          id: newId('payment'),
          amount,
          ...(paymentMethod === 'pm_card_declined'
            ? { status: paymentV1.Payment_Status.STATUS_DECLINED, declineCode: 'declined' }
            : { status: paymentV1.Payment_Status.STATUS_CAPTURED }),
        })),
        refund: answer('refund', ({ refundId, amount }) => ({ refundId, status: 'succeeded', amount, remaining: eur(0) })),
      },
    ],
    [shippingV1.ShippingServiceService, { stop: answer('stop', () => ({ outcome: shippingV1.Stopping_Outcome.OUTCOME_STOPPED })) }],
  ];
}

describe('the order service', () => {
  const calls: string[] = [];
  const causes = new Map<string, unknown>();
  const user = generateKeyPairSync('ed25519');
  const server = new Server();
  const log = memoryEventLog();
  const signingKey = Buffer.from(JSON.stringify(jwkOf(generateKeyPairSync('ed25519').privateKey))).toString('base64url');
  const me = newId('customer');
  let spec: SpecDatabase;
  let running: RunningService;
  let orders: Peer<typeof orderV1.OrderServiceService>;
  let ops: Peer<typeof opsV1.OpsServiceService>;
  let token: string;
  let staffToken: string;
  let bank = Promise.resolve();

  const tokenOf = (sub: string, kind: string): Promise<string> =>
    new SignJWT({ kind })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'k1' })
      .setIssuer(issuer)
      .setAudience(userAudience)
      .setSubject(sub)
      .setExpirationTime('10m')
      .sign(user.privateKey);

  beforeAll(async () => {
    spec = await createSpecDatabase();
    for (const [definition, handlers] of others(user.publicKey, { calls, causes, mayAnswer: () => bank }))
      server.addService(definition as never, handlers);
    const port = await listen(server);
    const { connectionString } = spec.pool.options as { connectionString: string };
    const ownPort = await freePort();
    const env = {
      TANDEM_MODE: 'development',
      DATABASE_URL: connectionString,
      ORDER_DATABASE_URL: connectionString,
      ORDER_GRPC_LISTEN: `127.0.0.1:${ownPort}`,
      SERVICE_SIGNING_KEY: signingKey,
      LOG_LEVEL: 'silent',
      ORDER_CHECKOUTS_IN_FLIGHT: '8',
      ...Object.fromEntries(
        ['CUSTOMER', 'CART', 'INVENTORY', 'PAYMENT', 'SHIPPING'].map((name) => [`${name}_GRPC_URL`, `127.0.0.1:${port}`]),
      ),
    };
    running = await startService(order, env, {
      log,
      onFatal: (error) => {
        throw error;
      },
    });
    const identity = createIdentity({ service: 'storefront', signingKey, fetchJwks: () => Promise.resolve({ keys: [] }) });
    const peer = { name: 'order', url: `127.0.0.1:${ownPort}`, serviceToken: () => identity.serviceToken() };
    orders = createPeer(orderV1.OrderServiceService, peer);
    ops = createPeer(opsV1.OpsServiceService, peer);
    [token, staffToken] = await Promise.all([tokenOf(me, 'customer'), tokenOf(newId('customer'), 'staff')]);
  }, 30_000);

  afterAll(async () => {
    orders.close();
    ops.close();
    await running.stop();
    server.forceShutdown();
    await spec.drop();
  });

  const checkout = (change: Partial<orderV1.CheckoutRequest> = {}, options: { idempotencyKey?: string; onReplayed?: () => void } = {}) =>
    orders.checkout(
      { cartId: newId('cart'), paymentMethod: 'pm_card_visa', expectedTotal: eur(1_490), respondAsync: false, ...change },
      { token, idempotencyKey: newId('event'), ...options },
    );
  const codeOf = (call: Promise<unknown>): Promise<string> =>
    call.then(
      () => 'no refusal',
      (error: Refusal) => error.problem.code,
    );

  it('turns a cart into a confirmed order, and a repeat gets the same again', async () => {
    const request = { cartId: newId('cart') };
    const idempotencyKey = newId('event');
    calls.length = 0;
    const first = await checkout(request, { idempotencyKey });
    expect(calls.filter((name) => name !== 'getJwks')).toEqual(['price', 'reserve', 'charge', 'take']);
    expect(first).toMatchObject({
      status: 'confirmed',
      total: eur(1_490),
      payment: { status: 'captured' },
      loyalty: { earned: 0, redeemed: 0 },
    });
    let isReplayed = false;
    expect(await checkout(request, { idempotencyKey, onReplayed: () => (isReplayed = true) })).toEqual(first);
    expect(isReplayed).toBe(true);
    expect(await codeOf(checkout(request))).toBe('cart-already-ordered');
    expect(await codeOf(checkout({ ...request, paymentMethod: 'pm_card_declined' }, { idempotencyKey }))).toBe('idempotency-key-reused');
    expect(await orders.getOrder({ orderId: first.id }, { token })).toEqual(first);
    const { events } = await orders.listOrderEvents({ orderId: first.id, limit: 1, cursor: '' }, { token });
    expect(events).toMatchObject([{ sequence: '1', type: 'order.placed' }]);
    const farAway = Buffer.from('["999999999999999999"]').toString('base64url');
    expect(await orders.listOrderEvents({ orderId: first.id, limit: 1, cursor: farAway }, { token })).toEqual({
      events: [],
      nextCursor: '',
    });
  });

  it('names what is wrong with a request', async () => {
    expect(
      await codeOf(orders.checkout({ cartId: newId('cart'), paymentMethod: 'x', expectedTotal: eur(1), respondAsync: false }, { token })),
    ).toBe('idempotency-key-missing');
    expect(await codeOf(checkout({ cartId: 'cart_1' }))).toBe('not-found');
    const refusal = await checkout({ paymentMethod: '', expectedTotal: undefined, email: 'no' }).catch((error: Refusal) => error);
    expect((refusal as Refusal).problem.errors?.map(({ pointer }) => pointer)).toEqual(['/paymentMethod', '/expectedTotal', '/email']);
    expect(await codeOf(orders.listOrders({ limit: 101, cursor: '' }, { token }))).toBe('validation-failed');
    expect(await codeOf(orders.listOrders({ limit: 10, cursor: 'abc' }, { token }))).toBe('bad-cursor');
  });

  it('refuses a checkout beyond those it may have in hand, and says so to whoever asks why', async () => {
    let answer = (): void => undefined;
    bank = new Promise((resolve) => (answer = resolve));
    calls.length = 0;
    const held = Array.from({ length: 8 }, () => checkout());
    try {
      await eventually(
        () => calls.filter((name) => name === 'reserve').length,
        (count) => count >= 8,
      );
      expect([await codeOf(checkout()), await ops.getLoad({})]).toEqual([
        'overloaded',
        {
          service: 'order',
          isMeasured: true,
          level: expect.any(Number),
          waitMs: 0,
          serviceMs: 0,
          shed: [{ work: 'checkout', count: '1' }],
        },
      ]);
    } finally {
      answer();
    }
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual(Array(8).fill('confirmed'));
  });

  it('stores a decline under the key', async () => {
    const request = { cartId: newId('cart'), paymentMethod: 'pm_card_declined' };
    const idempotencyKey = newId('event');
    expect(await codeOf(checkout(request, { idempotencyKey }))).toBe('payment-declined');
    const again = await checkout(request, { idempotencyKey }).catch((error: Refusal) => error);
    expect((again as Refusal).replayOf).toEqual({ requestId: expect.any(String) });
    expect((await checkout({ cartId: request.cartId })).status).toBe('confirmed');
  });

  it("lists a shopper's orders, newest first, page by page", async () => {
    const stranger = await tokenOf(newId('customer'), 'guest');
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      const { id } = await orders.checkout(
        { cartId: newId('cart'), paymentMethod: 'pm_card_visa', expectedTotal: eur(1_490), respondAsync: false },
        { token: stranger, idempotencyKey: `list-${n}` },
      );
      ids.unshift(id);
    }
    const first = await orders.listOrders({ limit: 2, cursor: '' }, { token: stranger });
    const second = await orders.listOrders({ limit: 2, cursor: first.nextCursor }, { token: stranger });
    expect([...first.orders, ...second.orders].map(({ id }) => id)).toEqual(ids);
    expect(second.nextCursor).toBe('');
    expect(await codeOf(orders.getOrder({ orderId: ids[0] ?? '' }, { token }))).toBe('not-found');
    expect(
      (await orders.searchOrders({ q: 'a_a%', status: '', from: '', to: '', limit: 100, cursor: '' }, { token: staffToken })).orders,
    ).toEqual([]);
    const found = await orders.searchOrders(
      { q: 'ADA@tandem.example', status: 'confirmed', from: '', to: '', limit: 100, cursor: '' },
      { token: staffToken },
    );
    expect(found.orders.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
    expect(await codeOf(orders.searchOrders({ q: '', status: '', from: '', to: '', limit: 1, cursor: '' }, { token }))).toBe('forbidden');
  });

  it('is looked up by number and e-mail together, however often strangers have tried', async () => {
    const { number, id } = await checkout();
    expect((await orders.lookupOrder({ number: number.toLowerCase(), email: 'ADA@tandem.example' })).id).toBe(id);
    expect(await codeOf(orders.lookupOrder({ number, email: 'eve@tandem.example' }))).toBe('not-found');
    const codes = await Promise.all(Array.from({ length: 20 }, () => codeOf(orders.lookupOrder({ number, email: 'eve@tandem.example' }))));
    expect(new Set(codes)).toEqual(new Set(['not-found']));
    expect((await orders.lookupOrder({ number, email: 'ada@tandem.example' })).id).toBe(id);
  });

  it('cancels a confirmed order, and gives the money back by itself', async () => {
    const { id } = await checkout();
    calls.length = 0;
    const idempotencyKey = newId('event');
    const cancelled = await orders.cancelOrder({ orderId: id, reason: 'too late' }, { token, idempotencyKey });
    expect(cancelled).toMatchObject({ id, status: 'cancelled', cancelReason: 'too late' });
    expect(await orders.cancelOrder({ orderId: id, reason: 'too late' }, { token, idempotencyKey })).toEqual(cancelled);
    expect((await orders.cancelOrder({ orderId: id }, { token: staffToken, idempotencyKey })).status).toBe('cancelled');
    await until(() => calls.includes('refund'));
    expect(calls.filter((name) => name !== 'getJwks')).toEqual(['stop', 'refund']);
    await until(async () => (await spec.sql('SELECT FROM compensation')).length === 0);
  });

  it('asks shipping and the bank under the id of the request that cancels or refunds, and once nobody asks, under none', async () => {
    const [first, second] = [await checkout(), await checkout()];
    const ask = (as: string) => ({ token: as, idempotencyKey: newId('event'), requestId: `of-${as === token ? 'shopper' : 'staff'}` });
    await orders.refundOrder({ orderId: first.id, lines: [], amount: eur(100), reason: 'broken' }, ask(staffToken));
    expect(causes.get('refund')).toBe('of-staff');
    calls.length = 0;
    await orders.cancelOrder({ orderId: second.id }, ask(token));
    expect(causes.get('stop')).toBe('of-shopper');
    await until(() => calls.includes('refund'));
    expect(causes.get('refund')).toBeUndefined();
  });

  it('lists what went back of an order, page by page, for whoever may see the order', async () => {
    const { id } = await checkout();
    const give = (amount: number) =>
      orders.refundOrder(
        { orderId: id, lines: [], amount: eur(amount), reason: 'broken' },
        { token: staffToken, idempotencyKey: newId('event') },
      );
    const listed = (cursor = '', limit = 2, as = token, orderId = id) => orders.listOrderRefunds({ orderId, limit, cursor }, { token: as });
    expect(await listed()).toEqual({ refunds: [], nextCursor: '' });
    const given = [await give(100), await give(200), await give(300)];
    const first = await listed();
    expect([...first.refunds, ...(await listed(first.nextCursor)).refunds]).toEqual(given);
    expect(await listed('', 3, staffToken)).toEqual({ refunds: given, nextCursor: '' });
    await orders.cancelOrder({ orderId: id }, { token, idempotencyKey: newId('event') });
    await until(async () => (await listed('', 10)).refunds.at(-1)?.status === 'succeeded');
    expect((await listed('', 10)).refunds.map(({ amount }) => amount)).toEqual([100, 200, 300, 890].map(eur));
    const stranger = await tokenOf(newId('customer'), 'customer');
    const tooFar = Buffer.from(`[99999999999999,"${given[0]?.id}"]`).toString('base64url');
    expect((await listed(tooFar)).refunds).toEqual([]);
    expect(
      await Promise.all(
        [listed('', 2, stranger), listed('', 2, token, newId('order')), listed('', 2, token, 'abc'), listed('abc')].map(codeOf),
      ),
    ).toEqual(['not-found', 'not-found', 'not-found', 'bad-cursor']);
  });

  it('puts the tier that loyalty told last into what it confirms, and none before it was told one', async () => {
    const tierOf = async (orderId: string): Promise<unknown> => {
      const partitions = await Promise.all(
        Array.from({ length: 12 }, (_, partition) => log.read({ topic: 'order', partition, offset: 0n }, 1_000)),
      );
      const record = partitions.flat().find(({ key }) => key === orderId);
      return record && (JSON.parse(record.value ?? '{}') as { tier?: string }).tier;
    };
    const told = (tier: string, sequence: number) =>
      recordOf(me, { topic: 'loyalty', type: 'tier.changed.v1', data: { customerId: me, tier, at: '2026-11-21T12:00:00.000Z' } }, sequence);
    const { id: before } = await checkout();
    await log.publish([told('silver', 1)]);
    await log.publish([told('gold', 2)]);
    await until(async () => (await spec.sql(`SELECT FROM customer_tier WHERE tier = 'gold'`)).length === 1);
    const { id: after } = await checkout();
    await until(async () => (await tierOf(after)) === 'gold');
    expect(await tierOf(before)).toBeUndefined();
  });

  it('takes in what other services tell of an order, and publishes its own facts', async () => {
    const { id } = await checkout();
    const parcel = { orderId: id, shipmentId: newId('shipment'), carrier: 'sandbox', trackingCode: 'T1', at: '2026-11-21T12:00:00.000Z' };
    const published = async (): Promise<readonly string[]> => {
      const records = await Promise.all(
        Array.from({ length: 12 }, (_, partition) => log.read({ topic: 'order', partition, offset: 0n }, 1_000)),
      );
      return records
        .flat()
        .filter(({ key }) => key === id)
        .map(({ headers }) => `${headers['ce_sequence']} ${headers['ce_type']}`);
    };
    const facts = [
      { topic: 'shipment', type: 'shipment.created.v1', data: { ...parcel, parcels: 1 } },
      { topic: 'loyalty', type: 'points.awarded.v1', data: { orderId: id, customerId: me, points: 10, at: parcel.at } },
      {
        topic: 'notification',
        type: 'notification.sent.v1',
        data: { orderId: id, channel: 'email', kind: 'order.confirmed', messageId: 'm1', at: parcel.at },
      },
      {
        topic: 'payment',
        type: 'payment.captured.v1',
        data: { orderId: id, paymentId: newId('payment'), amount: { amount: 1_490, currency: 'EUR' }, at: parcel.at },
      },
    ];
    await log.publish(facts.map((fact) => recordOf(id, fact)));
    await log.publish([recordOf(id, { topic: 'shipment', type: 'shipment.dispatched.v1', data: { ...parcel, isLast: true } }, 2)]);
    await until(async () => (await orders.getOrder({ orderId: id }, { token })).status === 'shipped');
    await until(async () => (await published()).length === 2);
    expect(await published()).toEqual(['1 order.confirmed.v1', '2 order.shipped.v1']);
    await until(async () => (await orders.listOrderEvents({ orderId: id, limit: 0, cursor: '' }, { token })).events.length === 7);
    const { events } = await orders.listOrderEvents({ orderId: id, limit: 0, cursor: '' }, { token });
    expect(events.map(({ sequence }) => sequence)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect(events.map(({ type }) => type).sort()).toEqual([
      'notification.sent',
      'order.confirmed',
      'order.placed',
      'order.shipped',
      'points.awarded',
      'shipment.created',
      'shipment.dispatched',
    ]);
    expect(await orders.getOrder({ orderId: id }, { token })).toMatchObject({
      shipments: [{ id: parcel.shipmentId, status: 'in-transit', trackingCode: 'T1' }],
      loyalty: { earned: 10 },
    });
  });

  it('tells the auditor one fact per order', async () => {
    const { facts } = await ops.listAuditFacts({ cursor: '', limit: 100, subjects: [], changedSince: '' });
    expect(new Set(facts.map(({ kind }) => kind))).toEqual(new Set(['order.confirmed', 'order.cancelled']));
    expect(new Set(facts.map(({ subject }) => subject)).size).toBe(facts.length);
    const { facts: one, nextCursor } = await ops.listAuditFacts({ cursor: '', limit: 1, subjects: [], changedSince: '' });
    expect(one).toHaveLength(1);
    expect((await ops.listAuditFacts({ cursor: nextCursor, limit: 1, subjects: [], changedSince: '' })).facts[0]?.subject).toBe(
      facts[1]?.subject,
    );
  });
});

/** A foreign event as its service would publish it. */
function recordOf(key: string, { topic, type, data }: { topic: string; type: string; data: object }, sequence = 1): NewRecord {
  const headers = {
    ce_specversion: '1.0',
    ce_id: newUuid(),
    ce_type: type,
    ce_source: `/tandem/${topic}`,
    ce_time: '2026-11-21T12:00:00.000Z',
    ce_subject: key,
    ce_sequence: String(sequence),
    'content-type': 'application/json',
  };
  return { topic, key, headers, value: JSON.stringify(data) };
}

async function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => (error ? reject(error) : resolve(port))),
  );
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}
