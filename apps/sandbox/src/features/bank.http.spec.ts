import { type SandboxUnderTest, startSandbox } from '../testing/sandbox-under-test.js';

const euros = (amount: number) => ({ amount, currency: 'EUR' });

describe('the bank over HTTP', () => {
  let sandbox: SandboxUnderTest;
  beforeAll(async () => {
    sandbox = await startSandbox({ SANDBOX_PUBLIC_URL: 'http://sandbox.test/' });
  });
  afterAll(() => sandbox.end());

  const charge = (key: string, paymentMethod: string, { orderId = `ord_${key}`, amount = euros(1999) } = {}) =>
    sandbox.http.post('/bank/charges').set('idempotency-key', key).send({ orderId, amount, paymentMethod });
  const chargesOf = async (orderId: string) => (await sandbox.http.get(`/bank/charges?orderId=${orderId}`).expect(200)).body.data;

  it('approves a good card and keeps the charge', async () => {
    const { body } = await charge('visa', 'pm_card_visa').expect(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^ch_[0-9a-f]{32}$/),
      orderId: 'ord_visa',
      amount: euros(1999),
      status: 'captured',
      idempotencyKey: 'visa',
      createdAt: expect.stringMatching(/Z$/),
    });
    expect(await chargesOf('ord_visa')).toEqual([body]);
  });

  it('answers the same charge to the same request, ten at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => charge('ten', 'pm_card_visa').expect(201)));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await chargesOf('ord_ten')).toHaveLength(1);
  });

  it('refuses another request under a key that was used', async () => {
    await charge('reused', 'pm_card_visa').expect(201);
    expect((await charge('reused', 'pm_card_visa', { amount: euros(1) }).expect(422)).body.code).toBe('idempotency-key-reused');
  });

  it.each([
    ['pm_card_declined', 'card-declined'],
    ['pm_card_insufficient_funds', 'insufficient-funds'],
  ])('declines %s with %s, each time', async (paymentMethod, declineCode) => {
    for (let time = 0; time < 2; time += 1) {
      const { body } = await charge(paymentMethod, paymentMethod).expect(402);
      expect(body).toMatchObject({ code: 'payment-declined', declineCode });
    }
    expect(await chargesOf(`ord_${paymentMethod}`)).toMatchObject([{ status: 'declined', declineCode }]);
  });

  it('fails twice with 500 and then approves, under one key', async () => {
    await charge('unlucky', 'pm_card_error_500').expect(500);
    expect(await chargesOf('ord_unlucky')).toEqual([]);
    await charge('unlucky', 'pm_card_error_500').expect(500);
    await charge('unlucky', 'pm_card_error_500').expect(201);
    await charge('unlucky', 'pm_card_error_500').expect(201);
    expect(await chargesOf('ord_unlucky')).toHaveLength(1);
  });

  it('charges without an answer, and tells the truth to who asks by key', async () => {
    await expect(charge('silent', 'pm_card_timeout_charged').timeout(700)).rejects.toMatchObject({ code: 'ECONNABORTED' });
    const { body } = await sandbox.http.get('/bank/charges?idempotencyKey=silent').expect(200);
    expect(body).toMatchObject({ data: [{ status: 'captured' }], nextCursor: null });
  });

  it('neither charges nor answers, and never will once the key is voided', async () => {
    await expect(charge('void', 'pm_card_timeout_uncharged').timeout(700)).rejects.toMatchObject({ code: 'ECONNABORTED' });
    expect((await sandbox.http.post('/bank/voids').set('idempotency-key', 'void').expect(200)).body).toEqual({
      idempotencyKey: 'void',
      status: 'voided',
    });
    expect((await charge('void', 'pm_card_timeout_uncharged').expect(409)).body.code).toBe('charge-voided');
    expect(await chargesOf('ord_void')).toEqual([]);
  });

  it('closes a key before its charge comes', async () => {
    await sandbox.http.post('/bank/voids').set('idempotency-key', 'early').expect(200);
    await charge('early', 'pm_card_visa').expect(409);
    expect(await chargesOf('ord_early')).toEqual([]);
  });

  it('asks for a challenge and ends it by the first outcome', async () => {
    const { body } = await charge('challenge', 'pm_card_3ds').expect(201);
    expect(body).toMatchObject({
      status: 'requires-action',
      nextAction: { type: 'redirect', url: `http://sandbox.test/bank/challenges/${body.id}` },
    });
    const answer = (outcome: string) => sandbox.http.post(`/bank/challenges/${body.id}`).send({ outcome });
    expect((await answer('approve').expect(200)).body.status).toBe('captured');
    expect((await answer('fail').expect(200)).body.status).toBe('captured');
    await answer('perhaps').expect(400);
    await sandbox.http.post('/bank/challenges/ch_none').send({ outcome: 'fail' }).expect(404);
  });

  it('gives back what was captured and no more, once per key', async () => {
    const { body: made } = await charge('refunds', 'pm_card_visa').expect(201);
    const refund = (key: string, amount: number) =>
      sandbox.http
        .post(`/bank/charges/${made.id}/refunds`)
        .set('idempotency-key', key)
        .send({ amount: euros(amount) });
    const { body: first } = await refund('r1', 1000).expect(201);
    expect(first).toEqual({
      id: expect.stringMatching(/^rf_/),
      chargeId: made.id,
      orderId: 'ord_refunds',
      amount: euros(1000),
      status: 'succeeded',
      createdAt: expect.any(String),
    });
    expect((await refund('r1', 1000).expect(201)).body).toEqual(first);
    expect((await refund('r1', 999).expect(422)).body.code).toBe('idempotency-key-reused');
    expect((await refund('r2', 1000).expect(409)).body.code).toBe('refund-exceeds-charge');
    const { body: rest } = await refund('r3', 999).expect(201);
    expect((await sandbox.http.get('/bank/refunds?orderId=ord_refunds').expect(200)).body.data).toEqual([first, rest]);
    expect((await sandbox.http.post(`/bank/charges/${made.id}/void`).expect(409)).body.code).toBe('charge-refunded');
  });

  it('races two refunds of everything: one wins', async () => {
    const { body: made } = await charge('race', 'pm_card_visa').expect(201);
    const refund = (key: string) =>
      sandbox.http
        .post(`/bank/charges/${made.id}/refunds`)
        .set('idempotency-key', key)
        .send({ amount: euros(1999) });
    const answers = await Promise.all(['race1', 'race2', 'race3'].map(refund));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it('voids a charge, as often as it is asked', async () => {
    const { body: made } = await charge('voided', 'pm_card_visa').expect(201);
    for (let time = 0; time < 2; time += 1)
      expect((await sandbox.http.post(`/bank/charges/${made.id}/void`).expect(200)).body).toEqual({ ...made, status: 'voided' });
    expect(await chargesOf('ord_voided')).toEqual([{ ...made, status: 'voided' }]);
    await sandbox.http.post('/bank/charges/ch_none/void').expect(404);
  });

  it.each([
    ['an unknown method', { orderId: 'ord_1', amount: euros(1), paymentMethod: 'pm_card_gold' }, 'unknown-payment-method'],
    ['no money', { orderId: 'ord_1', amount: euros(0), paymentMethod: 'pm_card_visa' }, 'validation-failed'],
    [
      'a currency it does not know',
      { orderId: 'ord_1', amount: { amount: 1, currency: 'XXX' }, paymentMethod: 'pm_card_visa' },
      'validation-failed',
    ],
    ['a field too many', { orderId: 'ord_1', amount: euros(1), paymentMethod: 'pm_card_visa', card: 1 }, 'validation-failed'],
  ])('refuses %s with 400', async (_what, body, code) => {
    const answer = await sandbox.http.post('/bank/charges').set('idempotency-key', 'bad').send(body).expect(400);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
    expect(answer.body.code).toBe(code);
  });

  it('names the field that is wrong', async () => {
    const { body } = await sandbox.http
      .post('/bank/charges')
      .set('idempotency-key', 'bad')
      .send({ orderId: 'ord_1', amount: { amount: 'much', currency: 'EUR' }, paymentMethod: 'pm' })
      .expect(400);
    expect(body.errors).toMatchObject([{ pointer: '/amount/amount' }]);
  });

  it('refuses a charge without a key, and a body that is no JSON', async () => {
    const { body } = await sandbox.http
      .post('/bank/charges')
      .send({ orderId: 'ord_1', amount: euros(1), paymentMethod: 'pm_card_visa' })
      .expect(400);
    expect(body.code).toBe('idempotency-key-missing');
    await sandbox.http.post('/bank/charges').set('idempotency-key', 'bad').set('content-type', 'application/json').send('{').expect(400);
  });

  it('pages its books without repeating or skipping', async () => {
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { data: { id: string }[]; nextCursor: string | null } = (
        await sandbox.http.get(`/bank/charges?limit=3${cursor && `&cursor=${cursor}`}`).expect(200)
      ).body;
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    const { body: whole } = await sandbox.http.get('/bank/charges?limit=100').expect(200);
    expect(seen).toEqual(whole.data.map(({ id }: { id: string }) => id));
    await Promise.all(
      ['limit=0', 'limit=101', 'limit=x', 'cursor=!', 'colour=red'].map((query) => sandbox.http.get(`/bank/charges?${query}`).expect(400)),
    );
  });
});
