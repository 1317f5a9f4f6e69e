import { shedOrder } from '@tandem/host';
import { isNewcomer, workOf } from './shedding.js';

describe('a shop that is pressed', () => {
  it('refuses new shoppers first, then what fills carts, then checkouts, and pages last', () => {
    const works = [
      workOf('POST', '/v1/carts'),
      workOf('POST', '/v1/carts/:cartId/lines'),
      workOf('POST', '/v1/carts/:cartId/checkout'),
      workOf('GET', '/v1/products/:idOrSlug'),
    ];
    expect(works).toEqual([...shedOrder]);
    expect(workOf('HEAD', '/v1/products')).toBe('browse');
    expect(['/v1/auth/guest', '/v1/auth/register', '/v1/auth/login'].map((path) => workOf('POST', path))).toEqual([
      'entry',
      'entry',
      'entry',
    ]);
  });

  it('knows who is new from who logs in, as an operator does', () => {
    expect(
      ['/v1/carts', '/v1/auth/guest', '/v1/auth/register', '/v1/auth/login', '/v1/products'].map((path) => isNewcomer('POST', path)),
    ).toEqual([true, true, true, false, false]);
    expect(isNewcomer('GET', '/v1/carts')).toBe(false);
  });

  it('refuses nothing of what was sold, nor what its operators need', () => {
    const kept = [
      ['POST', '/v1/orders/:orderId/cancel'],
      ['GET', '/v1/orders/:orderId'],
      ['POST', '/v1/auth/refresh'],
      ['POST', '/v1/webhooks/payments/:provider'],
      ['GET', '/ops/v1/backpressure'],
      ['GET', '/readyz'],
    ] as const;
    expect(kept.map(([method, path]) => workOf(method, path))).toEqual(kept.map(() => undefined));
  });
});
