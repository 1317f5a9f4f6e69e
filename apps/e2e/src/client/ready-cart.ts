import type { Answer } from './http.js';
import { address, type CheckoutOptions, expecting, type Shopper } from './shopper.js';

export type Amount = { readonly amount: number; readonly currency: string };

/** A cart that lacks nothing but the checkout. */
export type ReadyCart = {
  readonly shopper: Shopper;
  readonly id: string;
  /** What it costs as the shopper sees it. */
  readonly total: Amount;
  /** Checks out at the total that was seen, byte for byte the same request for the same options. */
  checkout(options?: CheckoutOptions): Promise<Answer>;
};

/** Fills a new cart of the shopper with these lines. */
export async function readyCart(
  shopper: Shopper,
  lines: readonly { readonly variantId: string; readonly quantity: number; readonly seats?: readonly string[] }[],
  promotionCode?: string,
): Promise<ReadyCart> {
  const id = await shopper.newCart();
  for (const line of lines) expecting(201, await shopper.ask('POST', `/v1/carts/${id}/lines`, line));
  const delivery = { email: 'ada@tandem.example', shippingAddress: address, shippingOptionId: 'standard' };
  const { total } = expecting(
    200,
    await shopper.ask('PATCH', `/v1/carts/${id}`, { ...delivery, ...(promotionCode === undefined ? {} : { promotionCode }) }),
  ).body;
  return { shopper, id, total, checkout: (options) => shopper.checkout(id, { expectedTotal: total, ...options }) };
}
