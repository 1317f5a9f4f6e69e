import { freePort } from '@tandem/host/testing';
import { type SandboxUnderTest, startSandbox, webhookSecret } from '../testing/sandbox-under-test.js';
import { startTaker, type WebhookTaker } from '../testing/webhook-taker.js';

describe('the carrier over HTTP', () => {
  let sandbox: SandboxUnderTest;
  let shop: WebhookTaker;
  let shopPort: number;
  beforeAll(async () => {
    shopPort = await freePort();
    sandbox = await startSandbox({ CARRIER_WEBHOOK_URL: `http://127.0.0.1:${shopPort}/hook`, CARRIER_WEBHOOK_SECRET: webhookSecret });
    shop = await startTaker(shopPort);
  });
  afterAll(async () => {
    await sandbox.end();
    await shop.close();
  });

  const buy = (key: string, { orderId = `ord_${key}`, line1 = '1 Main St' } = {}) =>
    sandbox.http
      .post('/carrier/labels')
      .set('idempotency-key', key)
      .send({
        orderId,
        shippingAddress: { name: 'Ada', line1, city: 'London', postalCode: 'N1', country: 'GB' },
        parcels: [{ weightGrams: 500 }],
        service: 'standard',
      });
  const labelsOf = async (orderId: string) => (await sandbox.http.get(`/carrier/labels?orderId=${orderId}`).expect(200)).body.data;
  const report = (trackingCode: string, status: string) => sandbox.http.post(`/carrier/shipments/${trackingCode}/events`).send({ status });
  const said = (trackingCode: string) =>
    shop.taken.filter(({ body, status }) => body['trackingCode'] === trackingCode && status < 300).map(({ body }) => body['status']);

  it('sells one label per key, five at once', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => buy('once').expect(201)));
    const [{ body: label }] = answers as [(typeof answers)[number]];
    expect(label).toEqual({
      id: expect.stringMatching(/^lbl_/),
      orderId: 'ord_once',
      trackingCode: expect.stringMatching(/^SBX[0-9A-F]{16}$/),
      status: 'created',
      createdAt: expect.any(String),
    });
    expect(answers.map(({ body }) => body)).toEqual(Array(5).fill(label));
    expect(await labelsOf('ord_once')).toEqual([label]);
    expect((await sandbox.http.get('/carrier/labels?idempotencyKey=once').expect(200)).body.data).toEqual([label]);
    expect((await buy('once', { line1: '2 Main St' }).expect(422)).body.code).toBe('idempotency-key-reused');
  });

  it('refuses a place it does not reach, and keeps nothing', async () => {
    expect((await buy('nowhere', { line1: 'UNDELIVERABLE 1' }).expect(422)).body.code).toBe('undeliverable');
    expect(await labelsOf('ord_nowhere')).toEqual([]);
  });

  it('hands out what is to be stuck on the parcels as PDF, a page for each, the same bytes each time; not once the label is voided', async () => {
    const { body: label } = await buy('printed').expect(201);
    const print = async () => {
      const answer = await fetch(`${sandbox.url}/carrier/labels/${label.id}/document`);
      return {
        status: answer.status,
        type: answer.headers.get('content-type'),
        bytes: Buffer.from(await answer.arrayBuffer()).toString('latin1'),
      };
    };
    const [first, again] = [await print(), await print()];
    expect([
      first.status,
      first.type,
      first.bytes.slice(0, 8),
      /\/Count (\d+)/.exec(first.bytes)?.[1],
      again.bytes === first.bytes,
    ]).toEqual([200, 'application/pdf', '%PDF-1.7', '1', true]);
    await sandbox.http.post(`/carrier/labels/${label.id}/void`).expect(200);
    expect((await sandbox.http.get(`/carrier/labels/${label.id}/document`).expect(409)).body.code).toBe('label-voided');
    expect((await sandbox.http.get('/carrier/labels/lbl_none/document').expect(404)).body.code).toBe('not-found');
  });

  it('takes a label back until the parcel moves', async () => {
    const { body: label } = await buy('back').expect(201);
    for (let time = 0; time < 2; time += 1)
      expect((await sandbox.http.post(`/carrier/labels/${label.id}/void`).expect(200)).body).toEqual({ ...label, status: 'voided' });
    expect((await report(label.trackingCode, 'in-transit').expect(409)).body.code).toBe('label-voided');
    const { body: moving } = await buy('moving').expect(201);
    await report(moving.trackingCode, 'in-transit').expect(201);
    expect((await sandbox.http.post(`/carrier/labels/${moving.id}/void`).expect(409)).body.code).toBe('already-dispatched');
  });

  it('tells the shop of each movement in order, again until it is taken, with the same id', async () => {
    const { body: label } = await buy('told').expect(201);
    const before = (await shop.accepted(0)).length;
    shop.answers.push(500, 404);
    await report(label.trackingCode, 'in-transit').expect(201);
    await report(label.trackingCode, 'delivered').expect(201);
    await shop.accepted(before + 2);
    expect(said(label.trackingCode)).toEqual(['in-transit', 'delivered']);
    const tries = shop.taken.filter(({ body }) => body['trackingCode'] === label.trackingCode);
    expect(tries.map(({ status }) => status)).toEqual([500, 404, 200, 200]);
    expect(new Set(tries.slice(0, 3).map(({ id }) => id)).size).toBe(1);
    expect(await labelsOf('ord_told')).toMatchObject([{ status: 'delivered' }]);
  });

  it('tells a shop that was away, after a restart of its own', async () => {
    const { body: label } = await buy('away').expect(201);
    await shop.close();
    await report(label.trackingCode, 'in-transit').expect(201);
    await report(label.trackingCode, 'lost').expect(201);
    sandbox = await sandbox.restart();
    shop = await startTaker(shopPort);
    await shop.accepted(2);
    expect(said(label.trackingCode)).toEqual(['in-transit', 'lost']);
  });

  it('refuses an unknown parcel, an unknown status and a label without parcels', async () => {
    await report('SBX0', 'delivered').expect(404);
    await report('SBX0', 'eaten').expect(400);
    await sandbox.http
      .post('/carrier/labels')
      .set('idempotency-key', 'x')
      .send({ orderId: 'ord_1', shippingAddress: { line1: 'x' }, parcels: [], service: 'standard' })
      .expect(400);
    await sandbox.http.post('/carrier/labels/lbl_none/void').expect(404);
  });
});
