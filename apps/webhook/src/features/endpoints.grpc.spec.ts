import { newId, newUuid, type Refusal } from '@tandem/host';
import { aCaller, createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { pgDeliveryQueue } from '../adapters/pg-delivery-queue.js';
import { pgEndpoints } from '../adapters/pg-endpoints.js';
import { mostEndpoints } from '../domain/endpoint.js';
import { EndpointParts, EndpointsGrpc } from './endpoints.grpc.js';

describe('webhook endpoints', () => {
  let db: SpecDatabase;
  let grpc: EndpointsGrpc;

  beforeAll(async () => {
    db = await createSpecDatabase('webhook');
    const mayTell = (url: URL) => Promise.resolve(!url.hostname.startsWith('10.'));
    grpc = new EndpointsGrpc(new EndpointParts(pgEndpoints(db.database), { mayTell }, db.database, () => undefined));
  });
  afterAll(() => db.drop());

  const aShopper = (id = newId('customer'), idempotencyKey?: string) =>
    aCaller({ kind: 'user', principal: { id, kind: 'customer' } }, idempotencyKey);
  const wanted = { url: 'https://shop.example/hooks', events: ['order.shipped', 'order.confirmed'] };
  const refusalOf = (call: Promise<unknown>) =>
    call.then(
      () => 'no refusal',
      ({ problem }: Refusal) => [problem.code, ...(problem.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`)].join(' '),
    );

  const detailOf = (call: Promise<unknown>) =>
    call.then(
      () => 'no refusal',
      ({ problem }: Refusal) => problem.detail,
    );

  it('are made with a secret that is told once; a repeat of the request gets the same again', async () => {
    const key = newUuid();
    const id = newId('customer');
    const first = await grpc.create(wanted, aShopper(id, key));
    expect(first).toEqual({
      endpoint: {
        id: expect.stringMatching(/^whe_/) as string,
        url: wanted.url,
        events: ['order.confirmed', 'order.shipped'],
        enabled: true,
        createdAt: expect.any(String) as string,
      },
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) as string,
    });
    expect(await grpc.create(wanted, aShopper(id, key))).toEqual(first);
    const { endpoints } = await grpc.list({ limit: 10, cursor: '' }, aShopper(id));
    expect(endpoints).toEqual([first.endpoint]);
  });

  it('name what is wrong with an address or an event', async () => {
    const create = (change: Partial<typeof wanted>) => refusalOf(grpc.create({ ...wanted, ...change }, aShopper()));
    expect(
      await Promise.all([
        create({ url: 'shop' }),
        create({ url: 'http://10.0.0.1/' }),
        create({ events: [] }),
        create({ events: ['order.confirmed', 'gossip'] }),
      ]),
    ).toEqual([
      'validation-failed /url not-a-url',
      'validation-failed /url private-address',
      'validation-failed /events too-small',
      'validation-failed /events/1 unknown-event',
    ]);
  });

  it('are as many as there may be, also when they are asked for at once', async () => {
    const id = newId('customer');
    const answers = await Promise.all(Array.from({ length: mostEndpoints + 3 }, () => refusalOf(grpc.create(wanted, aShopper(id)))));
    expect(answers.filter((answer) => answer === 'webhook-endpoint-limit')).toHaveLength(3);
    expect(await detailOf(grpc.create(wanted, aShopper(id)))).toBe('20 endpoints are the most one may have; delete one first');
    const page = await grpc.list({ limit: 15, cursor: '' }, aShopper(id));
    const rest = await grpc.list({ limit: 15, cursor: page.nextCursor }, aShopper(id));
    expect([
      page.endpoints.length,
      rest.endpoints.length,
      rest.nextCursor,
      new Set([...page.endpoints, ...rest.endpoints].map((each) => each.id)).size,
    ]).toEqual([15, 5, '', 20]);
    expect(await refusalOf(grpc.list({ limit: 1, cursor: 'bm8' }, aShopper(id)))).toBe('bad-cursor');
  });

  it('sign with both secrets after a rotation, and begin anew when they are enabled again', async () => {
    const id = newId('customer');
    const { endpoint, secret } = await grpc.create(wanted, aShopper(id));
    const endpointId = endpoint?.id ?? '';
    const rotated = await grpc.rotate({ endpointId }, aShopper(id));
    const queue = pgDeliveryQueue({ database: db.database, onPlanned: () => undefined });
    const { rows } = await db.pool.query<{ owner_id: string }>('SELECT owner_id FROM endpoint WHERE secret = $1', [rotated.secret]);
    await db.database.transaction((tx) =>
      queue.plan(tx, {
        eventId: newUuid(),
        event: 'order.shipped',
        orderId: newUuid(),
        ownerId: rows[0]?.owner_id ?? '',
        isGuest: false,
        payload: '{}',
      }),
    );
    const room = { perOwner: 1, perEndpoint: 1 };
    const [due] = await queue.take({ isFit: false, room, atEndpoints: [], forOwners: [] }, 1);
    expect(due?.secrets).toEqual([rotated.secret, secret]);
    const { deliveries } = await grpc.deliveries({ endpointId, limit: 0, cursor: '' }, aShopper(id));
    const disabled = await grpc.update({ endpointId, events: [], enabled: false }, aShopper(id));
    expect([disabled.enabled, disabled.disabledReason]).toEqual([false, 'by-owner']);
    expect(await refusalOf(grpc.resend({ endpointId, deliveryId: deliveries[0]?.id ?? '' }, aShopper(id)))).toBe(
      'webhook-endpoint-disabled',
    );
    expect(await detailOf(grpc.resend({ endpointId, deliveryId: deliveries[0]?.id ?? '' }, aShopper(id)))).toBe(
      `${endpointId} is disabled, since you disabled it; enable it first, by PATCH with "enabled": true`,
    );
    expect((await grpc.update({ endpointId, events: ['order.refunded'], enabled: true }, aShopper(id))).events).toEqual(['order.refunded']);
    expect((await grpc.resend({ endpointId, deliveryId: deliveries[0]?.id ?? '' }, aShopper(id))).status).toBe('pending');
  });

  it('of somebody else are not there', async () => {
    const { endpoint } = await grpc.create(wanted, aShopper());
    const endpointId = endpoint?.id ?? '';
    const stranger = aShopper();
    const calls = [
      grpc.get({ endpointId }, stranger),
      grpc.update({ endpointId, events: [] }, stranger),
      grpc.delete({ endpointId }, stranger),
      grpc.rotate({ endpointId }, stranger),
      grpc.deliveries({ endpointId, limit: 0, cursor: '' }, stranger),
      grpc.get({ endpointId: 'whe_x' }, stranger),
    ];
    expect(await Promise.all(calls.map(refusalOf))).toEqual(calls.map(() => 'not-found'));
    expect(await detailOf(grpc.get({ endpointId }, stranger))).toBe(`there is no webhook endpoint ${endpointId}`);
  });
});
