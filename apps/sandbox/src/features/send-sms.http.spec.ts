import { type SandboxUnderTest, startSandbox } from '../testing/sandbox-under-test.js';

const healthy = { errorRate: 0, latencyMs: 0, down: false };

describe('text messages over HTTP', () => {
  let sandbox: SandboxUnderTest;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.end());

  const send = (key: string, { to = '+4915112345678', text = 'Grüße, 5 €' } = {}) =>
    sandbox.http.post('/sms/messages').set('idempotency-key', key).send({ to, text });
  const list = async (to: string) => (await sandbox.http.get(`/sms/messages?to=${encodeURIComponent(to)}`).expect(200)).body.data;

  it('are one per key, five at once, and are there after a restart', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => send('once').expect(201)));
    const [{ body: message }] = answers as [(typeof answers)[number]];
    expect(message).toEqual({
      id: expect.stringMatching(/^sms_/),
      to: '+4915112345678',
      text: 'Grüße, 5 €',
      idempotencyKey: 'once',
      receivedAt: expect.stringMatching(/Z$/),
    });
    expect(answers.map(({ body }) => body)).toEqual(Array(5).fill(message));
    expect((await send('once', { text: 'another' }).expect(422)).body.code).toBe('idempotency-key-reused');
    sandbox = await sandbox.restart();
    expect([await list('+4915112345678'), await list('+491511234567')]).toEqual([[message], []]);
  });

  it('go to a number of E.164 that somebody has, and have a key', async () => {
    const wrong = await Promise.all(['4915112345678', '+0915112345678', '+49 151 12345678', '+49'].map((to) => send('wrong', { to })));
    expect(wrong.map(({ status, body }) => [status, body.errors?.[0]?.pointer])).toEqual(wrong.map(() => [400, '/to']));
    expect((await send('nobody', { to: '+9991234567' }).expect(422)).body.code).toBe('undeliverable');
    expect((await sandbox.http.post('/sms/messages').send({ to: '+4915112345678', text: 'Hi' }).expect(400)).body.code).toBe(
      'idempotency-key-missing',
    );
  });

  it('are refused while the provider is down or fails, and are taken afterwards', async () => {
    const to = '+4915100000001';
    const put = (sms: object) => sandbox.http.put('/faults').send({ sms }).expect(200);
    await put({ ...healthy, down: true });
    expect((await send('later', { to }).expect(503)).body.code).toBe('provider-down');
    await put({ ...healthy, errorRate: 1 });
    expect((await send('later', { to }).expect(500)).body.code).toBe('provider-failed');
    expect(await list(to)).toEqual([]);
    await put(healthy);
    await send('later', { to }).expect(201);
    expect(await list(to)).toHaveLength(1);
  });
});
