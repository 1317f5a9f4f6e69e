import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Http } from './http.js';
import { insist } from './insist.js';

/** Somebody who shops: a token and the calls of the public API. Every call answers as it came. */
export type Shopper = {
  readonly id: string;
  readonly token: string;
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  newCart(currency?: string): Promise<string>;
  add(cartId: string, variantId: string, quantity: number): Promise<Answer>;
  /** Checks out at the total the cart shows, unless told otherwise. */
  checkout(cartId: string, options?: CheckoutOptions): Promise<Answer>;
  order(orderId: string): Promise<any>;
  events(orderId: string): Promise<readonly { sequence: number; type: string; at: string; data: any }[]>;
};

export type CheckoutOptions = {
  readonly paymentMethod?: string;
  readonly key?: string;
  readonly expectedTotal?: { amount: number; currency: string };
  readonly email?: string;
  readonly line1?: string;
};

/** A delivery address that every part of the shop accepts. */
export const address = { name: 'Ada Lovelace', line1: 'Example Street 1', city: 'Berlin', postalCode: '10115', country: 'DE' };

export async function guest(http: Http): Promise<Shopper> {
  return signedIn(http, expecting(201, await patiently(() => http('POST', '/v1/auth/guest'))));
}

/** A new account with an e-mail of its own. */
export async function newCustomer(
  http: Http,
  email = `shopper-${randomUUID()}@tandem.example`,
): Promise<Shopper & { readonly email: string }> {
  const body = { email, password: 'correct horse battery', name: 'Test Shopper' };
  const answer = expecting(201, await patiently(() => http('POST', '/v1/auth/register', { body })));
  return { ...signedIn(http, answer), email };
}

export async function logIn(http: Http, email: string, password: string): Promise<Shopper> {
  return signedIn(http, expecting(200, await patiently(() => http('POST', '/v1/auth/login', { body: { email, password } }))));
}

/** The demo accounts of development mode. Source: README. */
export const demo = {
  staff: { email: 'staff@tandem.example', password: 'tandem-staff-demo' },
  ada: { email: 'ada@tandem.example', password: 'tandem-ada-demo' },
};

export const staff = (http: Http): Promise<Shopper> => logIn(http, demo.staff.email, demo.staff.password);

/** The clerk, as soon as the shop can be logged in to: it may be on its way up. */
export async function patientStaff(http: Http): Promise<Shopper> {
  return signedIn(http, expecting(200, await insist(http, { path: '/v1/auth/login', body: demo.staff })));
}

/** The answer, when it has the status; else an error that shows it. */
export function expecting(status: number, answer: Answer): Answer {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.text.slice(0, 500)}`);
  return answer;
}

/** Comes back when the shop says that it is too busy, as a client should: nothing was begun then. */
async function patiently(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask();
    if (answer.status !== 503 || answer.body?.code !== 'overloaded' || tries === 20) return answer;
    // Not all at once: who was refused together would be refused together again.
    await sleep(1_000 * (Number(answer.headers['retry-after'] ?? 1) + Math.random()));
  }
}

function signedIn(http: Http, session: Answer): Shopper {
  const token = session.body.accessToken as string;
  const ask: Shopper['ask'] = (method, path, body, headers) =>
    patiently(() => http(method, path, { token, ...(body === undefined ? {} : { body }), ...(headers ? { headers } : {}) }));
  return {
    id: session.body.principal.id,
    token,
    ask,
    newCart: async (currency = 'EUR') => expecting(201, await ask('POST', '/v1/carts', { currency })).body.id,
    add: (cartId, variantId, quantity) => ask('POST', `/v1/carts/${cartId}/lines`, { variantId, quantity }),
    checkout: (cartId, options = {}) => checkout(ask, cartId, options),
    order: async (orderId) => expecting(200, await ask('GET', `/v1/orders/${orderId}`)).body,
    events: async (orderId) => expecting(200, await ask('GET', `/v1/orders/${orderId}/events?limit=100`)).body.data,
  };
}

async function checkout(ask: Shopper['ask'], cartId: string, options: CheckoutOptions): Promise<Answer> {
  const { paymentMethod = 'pm_card_visa', key = randomUUID(), email = 'ada@tandem.example', line1 = address.line1 } = options;
  const delivery = { email, shippingAddress: { ...address, line1 }, shippingOptionId: 'standard' };
  const expectedTotal = options.expectedTotal ?? expecting(200, await ask('PATCH', `/v1/carts/${cartId}`, delivery)).body.total;
  return ask('POST', `/v1/carts/${cartId}/checkout`, { paymentMethod, expectedTotal, ...delivery }, { 'idempotency-key': key });
}
