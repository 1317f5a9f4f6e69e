import { eventually } from '@tandem/host/testing';
import { type SandboxUnderTest, startSandbox } from '../testing/sandbox-under-test.js';

describe('the requests of the sandbox', () => {
  let sandbox: SandboxUnderTest;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.end());

  /** How often it has answered, by method, route and status. */
  const counted = async (): Promise<Record<string, number>> => {
    const { text } = await sandbox.http.get('/metrics').expect(200);
    const lines = text.matchAll(
      /^http_server_request_duration_seconds_count\{service="sandbox",method="(\w+)",route="([^"]+)",status="(\d+)"\} (\d+)$/gm,
    );
    return Object.fromEntries([...lines].map(([, method, route, status, count]) => [`${method} ${route} ${status}`, Number(count)]));
  };

  it('are timed by route and status, also one whose caller gave up', async () => {
    for (const _again of [1, 2]) await sandbox.http.get('/bank/refunds').expect(200);
    await sandbox.http.post('/sms/messages').send({}).expect(400);
    await sandbox.http.get('/nowhere').expect(404);
    const silent = { orderId: 'ord_1', amount: { amount: 1, currency: 'EUR' }, paymentMethod: 'pm_card_timeout_charged' };
    const asking = sandbox.http.post('/bank/charges').set('idempotency-key', 'silent').send(silent).timeout(700);
    await expect(asking).rejects.toMatchObject({ code: 'ECONNABORTED' });
    const seen = await eventually(counted, (counts) => counts['POST /bank/charges 499'] === 1);
    expect(seen).toMatchObject({ 'GET /bank/refunds 200': 2, 'POST /sms/messages 400': 1, 'GET unknown 404': 1 });
  });
});
