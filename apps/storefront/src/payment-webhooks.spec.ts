import type { paymentV1 } from '@tandem/contracts';
import { type SpecStorefront, startStorefront } from './spec-storefront.js';

describe('webhooks of payments at the edge', () => {
  const received: paymentV1.ProviderWebhook[] = [];
  let storefront: SpecStorefront;
  beforeAll(async () => {
    storefront = await startStorefront({
      payment: { receiveWebhook: (webhook: paymentV1.ProviderWebhook) => Promise.resolve((received.push(webhook), {})) },
    });
  });
  afterAll(() => storefront.close());

  it('are handed over byte for byte, with the signature of the provider they are for', async () => {
    const body = '{ "id":"evt_1",\n "object" : "event"}';
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': 't=1,v1=ab',
      'webhook-id': 'msg_1',
      'webhook-timestamp': '1',
      'webhook-signature': 'v1,cd',
    };
    for (const provider of ['stripe', 'sandbox'])
      expect((await fetch(`${storefront.url}/v1/webhooks/payments/${provider}`, { method: 'POST', headers, body })).status).toBe(200);
    const webhook = { id: 'msg_1', timestamp: '1', body: Buffer.from(body) };
    expect(received).toEqual([
      { provider: 'stripe', signature: 't=1,v1=ab', ...webhook },
      { provider: 'sandbox', signature: 'v1,cd', ...webhook },
    ]);
  });
});
