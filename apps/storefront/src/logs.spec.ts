import { createLogger, Refusal } from '@tandem/host';
import { eventually } from '@tandem/host/testing';
import request from 'supertest';
import { type SpecStorefront, startStorefront } from './spec-storefront.js';

type Line = { readonly msg: string; readonly requestId: string; readonly method: string; readonly route: string; readonly status: number };

describe('the log of the storefront', () => {
  const lines: Line[] = [];
  let storefront: SpecStorefront;
  beforeAll(async () => {
    storefront = await startStorefront({
      logger: createLogger('storefront', 'info', { write: (line) => void lines.push(JSON.parse(line) as Line) }),
      order: {
        lookupOrder: () => Promise.reject(new Refusal('not-found')),
        listOrders: () => Promise.resolve({ orders: [], nextCursor: '' }),
        getOrder: () => Promise.reject(new Refusal('unavailable')),
      },
    });
  });
  afterAll(() => storefront.close());

  const answered = () =>
    lines.filter(({ msg }) => msg === 'answered').map(({ requestId, method, route, status }) => [requestId, method, route, status]);
  const guest = { Authorization: 'Bearer guest:cus_1' };

  it('has a line by its request id for whatever was to change something, and for what failed; reads stand in the metrics', async () => {
    const ask = request(storefront.url);
    await ask.post('/v1/orders/lookup').set('x-request-id', 'look-1').send({ number: '12345678', email: 'ada@tandem.example' }).expect(404);
    await ask
      .get('/v1/orders')
      .set({ ...guest, 'x-request-id': 'list-1' })
      .expect(200);
    await ask
      .get('/v1/orders/ord_01h455vb4pex5vsknk084sn02q')
      .set({ ...guest, 'x-request-id': 'get-1' })
      .expect(503);
    const written = await eventually(answered, (all) => all.length >= 2); // a line is written once the answer has left
    expect(written).toEqual([
      ['look-1', 'POST', '/v1/orders/lookup', 404],
      ['get-1', 'GET', '/v1/orders/:orderId', 503],
    ]);
  });
});
