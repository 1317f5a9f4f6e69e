import { Controller } from '@nestjs/common';
import type { orderV1 } from '@tandem/contracts';
import type { Answer } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { Orders } from './orders.http.js';
import { Checkout } from './schemas/cart.schema.js';
import { moneyTo, present } from './schemas/common.schema.js';
import { Order, orderFrom } from './schemas/order.schema.js';

/** Longer than the bank's deadline of 10 s with its tries, so that the order service has the last word. */
const checkoutPatienceMs = 30_000;

const checkout = endpoint({
  operationId: 'checkout',
  method: 'POST',
  path: '/v1/carts/:cartId/checkout',
  tag: 'Carts',
  policy: 'user',
  idempotencyKey: 'required',
  patienceMs: checkoutPatienceMs,
  reads: ['Prefer'],
  summary: 'Buy the cart: reserve, pay, confirm',
  body: Checkout,
  answers: { 201: Order, 202: Order },
  refuses: [
    'payment-declined',
    'out-of-stock',
    'seats-taken',
    'price-changed',
    'cart-empty',
    'cart-already-ordered',
    'checkout-in-progress',
    'unknown-variant',
    'promotion-not-valid',
    'points-not-available',
    'payment-unavailable',
  ],
});

/** Buying. */
@Controller()
export class CheckoutHttp {
  constructor(private readonly orders: Orders) {}

  @Serves(checkout)
  async checkout({ params, body, as, header }: CallOf<typeof checkout>): Promise<Answer> {
    const respondAsync = prefersAsync(header('Prefer'));
    const { paymentMethod, expectedTotal, ...delivery } = body;
    const request = { ...params, paymentMethod, expectedTotal: moneyTo(expectedTotal), ...present(delivery), respondAsync };
    const order = await this.orders.peer.checkout(request, as);
    return {
      status: statusOf(order),
      body: orderFrom(order),
      headers: { Location: `/v1/orders/${order.id}`, ...(respondAsync ? { 'Preference-Applied': 'respond-async' } : {}) },
    };
  }
}

/** 202 while somebody else has the next word: the bank, the shopper, or we ourselves. */
function statusOf({ status }: orderV1.Order): 201 | 202 {
  return ['pending', 'requires-action', 'payment-unknown'].includes(status) ? 202 : 201;
}

/** Source: RFC 7240. */
function prefersAsync(prefer: string | undefined): boolean {
  return (prefer ?? '').split(',').some((preference) => preference.split(';')[0]?.trim().toLowerCase() === 'respond-async');
}
