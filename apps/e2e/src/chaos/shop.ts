import { randomUUID } from 'node:crypto';
import type { Http } from '../client/http.js';
import { insist } from '../client/insist.js';
import { address } from '../client/shopper.js';
import type { ShoppingPlan } from './plan.js';

/** An order, as the shopper knows it. */
export type Ordered = {
  readonly plan: ShoppingPlan;
  readonly orderId: string;
  readonly email: string;
  readonly token: string;
  readonly total: { amount: number; currency: string };
};
/** `wasUndecided`: the answer was 202, so the card may be declined after all, or the order given up when the bank cannot be asked for long. */
export type Accepted = Ordered & { readonly kind: 'accepted'; readonly wasUndecided?: boolean };

/** How one shopper's visit ended. */
export type Visit =
  | Accepted
  | (Ordered & { readonly kind: 'given-up' })
  | { readonly kind: 'declined'; readonly plan: ShoppingPlan; readonly email: string }
  | { readonly kind: 'failed'; readonly plan: ShoppingPlan; readonly because: string };

/** One visit: sign in, unless somebody is signed in already, fill a cart, pay. Every step is asked again with the same key until the shop answers it for good. */
export async function shop(http: Http, plan: ShoppingPlan, variants: readonly string[]): Promise<Visit> {
  const email = plan.account?.email ?? `chaos-${plan.number}-${randomUUID().slice(0, 8)}@tandem.example`;
  try {
    const token = plan.account?.token ?? (await signIn(http, plan, email));
    const cartId = (await insist(http, { path: '/v1/carts', body: { currency: 'EUR' }, token })).body.id as string;
    for (const { product, quantity } of plan.lines)
      await insist(http, { path: `/v1/carts/${cartId}/lines`, body: { variantId: variants[product], quantity }, token });
    const delivery = { email, shippingAddress: address, shippingOptionId: 'standard' };
    const cart = await insist(http, { method: 'PATCH', path: `/v1/carts/${cartId}`, body: delivery, token });
    const body = { paymentMethod: plan.paymentMethod, expectedTotal: cart.body.total, ...delivery };
    const paid = await insist(http, { path: `/v1/carts/${cartId}/checkout`, body, token });
    if (paid.status === 402) return { kind: 'declined', plan, email };
    if (paid.status === 201 || paid.status === 202)
      return { kind: 'accepted', plan, orderId: paid.body.id, email, token, total: paid.body.total, wasUndecided: paid.status === 202 };
    return { kind: 'failed', plan, because: `${paid.status} ${paid.text.slice(0, 300)}` };
  } catch (error) {
    return { kind: 'failed', plan, because: (error as Error).message };
  }
}

/** A lost answer of a registration leaves an account whose password we know, so the next try logs in. */
async function signIn(http: Http, plan: ShoppingPlan, email: string): Promise<string> {
  if (!plan.isCustomer) return (await insist(http, { path: '/v1/auth/guest' })).body.accessToken as string;
  const account = { email, password: 'correct horse battery' };
  const registered = await insist(http, { path: '/v1/auth/register', body: account });
  if (registered.status === 201) return registered.body.accessToken as string;
  return (await insist(http, { path: '/v1/auth/login', body: account })).body.accessToken as string;
}
