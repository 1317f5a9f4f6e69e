import { Webhook } from 'standardwebhooks';
import { type SandboxUnderTest, startSandbox } from '../testing/sandbox-under-test.js';

const healthy = { errorRate: 0, latencyMs: 0, down: false };

describe('faults', () => {
  let sandbox: SandboxUnderTest;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.end());

  const put = async (faults: object) => (await sandbox.http.put('/faults').send(faults).expect(200)).body;
  const charge = (key: string) =>
    sandbox.http
      .post('/bank/charges')
      .set('idempotency-key', key)
      .send({ orderId: `ord_${key}`, amount: { amount: 1, currency: 'EUR' }, paymentMethod: 'pm_card_visa' });

  it('are none at first', async () => {
    expect((await sandbox.http.get('/faults').expect(200)).body).toEqual({ bank: healthy, smtp: healthy, carrier: healthy, sms: healthy });
  });

  it('replace what is named and leave the rest, also over a restart', async () => {
    await put({ carrier: { ...healthy, latencyMs: 5 } });
    const all = { bank: { ...healthy, down: true }, smtp: healthy, carrier: { ...healthy, latencyMs: 5 }, sms: healthy };
    expect(await put({ bank: { ...healthy, down: true } })).toEqual(all);
    sandbox = await sandbox.restart();
    expect((await sandbox.http.get('/faults').expect(200)).body).toEqual(all);
  });

  it('take the bank down for the shop, not for who reads its books', async () => {
    await put({ bank: { ...healthy, down: true } });
    expect((await charge('down').expect(503)).body.code).toBe('provider-down');
    await sandbox.http.get('/bank/charges?idempotencyKey=down').expect(503);
    expect((await sandbox.http.get('/bank/charges?orderId=ord_down').expect(200)).body).toEqual({ data: [], nextCursor: null });
  });

  it('fail the share that was asked for, and nothing was done then', async () => {
    await put({ bank: { ...healthy, errorRate: 0.5 } });
    const statuses: number[] = [];
    for (let call = 0; call < 10; call += 1) statuses.push((await charge(`half${call}`)).status);
    expect(statuses.filter((status) => status === 500)).toHaveLength(5);
    await put({ bank: healthy });
    const { body } = await sandbox.http.get('/bank/charges?limit=100').expect(200);
    expect(body.data).toHaveLength(5);
  });

  it.each([{ bank: { errorRate: 2 } }, { bank: { errorRate: 0, latencyMs: -1, down: false } }, { post: healthy }])(
    'refuse %j',
    async (faults) => {
      await sandbox.http.put('/faults').send(faults).expect(400);
    },
  );
});

describe('the webhook receiver', () => {
  let sandbox: SandboxUnderTest;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.end());

  const received = async (name: string) => (await sandbox.http.get(`/webhooks/received?name=${name}`).expect(200)).body.data;

  it.each([
    ['application/json', '{"a": 1}'],
    ['application/json', '{ no json'],
    ['text/plain', 'Grüße'],
    ['application/x-anything', 'a=b&a=c'],
  ])('keeps %s byte for byte', async (type, text) => {
    const name = `n${Buffer.from(type + text)
      .toString('hex')
      .slice(0, 60)}`;
    const { body } = await sandbox.http
      .post(`/webhooks/inbox/${name}`)
      .set('content-type', type)
      .set('Webhook-Id', 'msg_1')
      .serialize((value) => String(value))
      .send(text)
      .expect(200);
    expect(await received(name)).toEqual([
      {
        id: body.id,
        name,
        headers: expect.objectContaining({ 'webhook-id': 'msg_1', 'content-type': type }),
        body: text,
        verified: null,
        receivedAt: expect.stringMatching(/Z$/),
      },
    ]);
  });

  it('keeps an empty body, and each repeat', async () => {
    for (let time = 0; time < 2; time += 1) await sandbox.http.post('/webhooks/inbox/empty').expect(200);
    expect((await received('empty')).map(({ body }: { body: string }) => body)).toEqual(['', '']);
  });
});

describe('a webhook receiver that knows its secret', () => {
  const secret = `whsec_${Buffer.from('the first secret of a spec').toString('base64')}`;
  const next = `whsec_${Buffer.from('the second secret of a spec').toString('base64')}`;
  const body = '{"type":"order.confirmed","data":{"title":"Grüße"}}';
  let sandbox: SandboxUnderTest;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.end());

  const knows = (name: string, known: unknown) => sandbox.http.put(`/webhooks/${name}/secret`).send({ secret: known });
  const post = async (name: string, { by = [secret], at = new Date(), sent = body, signature = '' } = {}) => {
    const { status } = await sandbox.http
      .post(`/webhooks/inbox/${name}`)
      .set({
        'content-type': 'application/json',
        'webhook-id': 'whd_1',
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        'webhook-signature': signature || by.map((each) => new Webhook(each).sign('whd_1', at, body)).join(' '),
      })
      .serialize((value) => String(value))
      .send(sent);
    return status;
  };
  const verified = async (name: string) =>
    (await sandbox.http.get(`/webhooks/received?name=${name}`).expect(200)).body.data.map((each: { verified: unknown }) => each.verified);
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000);

  it('takes what is signed with it, by one of several signatures', async () => {
    await knows('signed', secret).expect(204);
    expect([await post('signed'), await post('signed', { by: [next, secret] })]).toEqual([200, 200]);
    expect(await verified('signed')).toEqual([true, true]);
  });

  it('answers 401 to everything else, and keeps it as such', async () => {
    await knows('forged', secret).expect(204);
    const attempts = [
      { by: [next] },
      { sent: body.replace('{', '{ ') },
      { at: ago(301) },
      { at: ago(-330) },
      { signature: 'v1,AAAA' },
      { signature: 'v2' },
    ];
    for (const attempt of attempts) expect(await post('forged', attempt)).toBe(401);
    await sandbox.http.post('/webhooks/inbox/forged').expect(401);
    expect(await verified('forged')).toEqual(Array.from({ length: 7 }, () => false));
  });

  it('knows another after a rotation, and none once it is told to forget it; also over a restart', async () => {
    await knows('rotated', secret).expect(204);
    sandbox = await sandbox.restart();
    expect([await post('rotated'), await post('rotated', { by: [next] })]).toEqual([200, 401]);
    await knows('rotated', next).expect(204);
    expect([await post('rotated', { by: [next, secret] }), await post('rotated')]).toEqual([200, 401]);
    await knows('rotated', null).expect(204);
    expect(await post('rotated', { signature: 'none' })).toBe(200);
    expect(await verified('rotated')).toEqual([true, false, true, false, null]);
  });

  it.each(['', 'whsec_', 'whsec_?', 'whsec_AAA', 'c2VjcmV0', 1])('does not take %p for a secret', async (bad) => {
    expect((await knows('bad', bad).expect(400)).body.code).toBe('validation-failed');
  });
});

describe('the system routes', () => {
  it('say that the sandbox is up', async () => {
    const sandbox = await startSandbox();
    await sandbox.http.get('/livez').expect(200);
    expect((await sandbox.http.get('/readyz').expect(200)).body).toEqual({ status: 'ready', reasons: [] });
    const { code, detail } = (await sandbox.http.get('/nothing').expect(404)).body;
    expect([code, detail]).toEqual(['not-found', 'there is nothing at GET /nothing; GET / lists what there is']);
    expect((await sandbox.http.get('/mailbox/messages/mail_none').expect(404)).body.detail).toBe('there is no message mail_none');
    const { addresses, serviceUrl } = (await sandbox.http.get('/').expect(200)).body;
    expect(serviceUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(addresses).toEqual(expect.arrayContaining(['GET /bank/charges', 'POST /carrier/shipments/:trackingCode/events', 'PUT /faults']));
    expect(addresses.filter((address: string) => /HEAD|OPTIONS|\*/.test(address))).toEqual([]);
    await sandbox.end();
  });
});
