import type { Load, Work } from '@tandem/host';
import request from 'supertest';
import { type SpecStorefront, startStorefront } from './spec-storefront.js';

describe('a storefront that is pressed', () => {
  const asked: Work[] = [];
  let storefront: SpecStorefront;
  const facts = () => ({ level: 0.7, waitMs: 90, serviceMs: 140, shed: { entry: 7, cart: 1, checkout: 0, browse: 0 } });
  const enter: Load['enter'] = (work) => (asked.push(work), work === 'browse' ? () => undefined : undefined);
  beforeAll(async () => {
    const ops = { getLoad: () => Promise.resolve({ service: 'order', isMeasured: true, level: 0, waitMs: 3, serviceMs: 0, shed: [{ work: 'checkout', count: '2' }] }) };
    const silentOps = { getLoad: () => Promise.resolve({ service: 'cart', isMeasured: false, level: 0, waitMs: 0, serviceMs: 0, shed: [] }) };
    const services = [{ name: 'order', ops }, { name: 'cart', ops: silentOps }];
    storefront = await startStorefront({ services, pages: { page: () => Promise.resolve({ products: [], nextCursor: '' }) } }, undefined, { enter, facts });
  });
  afterAll(() => storefront.close());

  it('refuses new work before it reads it, with the time to wait', async () => {
    const answer = await request(storefront.url).post('/v1/carts/cart_1/checkout').set('Content-Type', 'application/json').send('{ this is not JSON');
    expect([answer.status, answer.body.code, answer.body.retryable, answer.headers['retry-after'], answer.headers['content-type']]).toEqual([503, 'overloaded', true, '3', 'application/problem+json; charset=utf-8']);
    expect(asked).toEqual(['checkout']);
  });

  it('says so to its operators, service by service, and never refuses them', async () => {
    const answer = await request(storefront.url).get('/ops/v1/backpressure').set('Authorization', 'Bearer staff:cus_9');
    expect([answer.status, answer.body]).toEqual([200, {
      state: 'shedding', silent: [],
      data: [
        { service: 'storefront', state: 'shedding', level: 0.7, waitMs: 90, serviceMs: 140, shed: { entry: 7, cart: 1, checkout: 0, browse: 0 } },
        { service: 'order', state: 'normal', level: 0, waitMs: 3, serviceMs: 0, shed: { checkout: 2 } },
      ],
    }]);
  });
});
