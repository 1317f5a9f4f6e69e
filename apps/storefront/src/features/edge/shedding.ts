import type { Work } from '@tandem/host';

/** Where a shopper comes in. */
const entrances: ReadonlySet<string> = new Set(['/v1/carts', '/v1/auth/guest', '/v1/auth/register', '/v1/auth/login']);

/** Whether somebody new comes into the shop, with a cart or as a person. Who logs in is known, and may be an operator. */
export function isNewcomer(method: string, path: string): boolean {
  return method === 'POST' && path !== '/v1/auth/login' && entrances.has(path);
}

/**
 * What a request is to a shop that is pressed. `undefined` is never refused for it: what was sold (orders, cancel, refunds, webhooks) and what
 * operators look at. `path` is the route's, with its parameters as `:name`.
 */
export function workOf(method: string, path: string): Work | undefined {
  if (path === '/v1/carts/:cartId/checkout') return 'checkout';
  if (method === 'POST' && entrances.has(path)) return 'entry';
  if (path.startsWith('/v1/carts')) return 'cart';
  if ((method === 'GET' || method === 'HEAD') && path.startsWith('/v1/products')) return 'browse';
  return undefined;
}
