import { Controller } from '@nestjs/common';
import { cartAnswer, type CartPeer, expectedVersion } from './cart-answer.js';
import { type Answer, ok } from './edge/answer.js';
import type { AnyCall } from './edge/call.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { Cart, CartChange, changeTo, LineChange, NewCart, NewLine, ShippingOptions, shippingOptionsFrom } from './schemas/cart.schema.js';

/** What a cart counts in when nobody says otherwise. */
const usualCurrency = 'EUR';
const written = ['cart-changed', 'cart-already-ordered'] as const;

const createCart = endpoint({
  operationId: 'createCart',
  method: 'POST',
  path: '/v1/carts',
  tag: 'Carts',
  policy: 'user',
  idempotencyKey: 'honoured',
  hasEtag: true,
  summary: 'Take a new cart; it reserves nothing',
  body: NewCart,
  answers: { 201: Cart },
  refuses: ['currency-not-offered'],
});
const getCart = endpoint({
  operationId: 'getCart',
  method: 'GET',
  path: '/v1/carts/:cartId',
  tag: 'Carts',
  policy: 'user',
  hasEtag: true,
  summary: 'The cart, priced now',
  answers: { 200: Cart },
});
const changeCart = endpoint({
  operationId: 'changeCart',
  method: 'PATCH',
  path: '/v1/carts/:cartId',
  tag: 'Carts',
  policy: 'user',
  reads: ['If-Match'],
  hasEtag: true,
  summary: 'Say where the order goes and how, and what lowers its price',
  body: CartChange,
  answers: { 200: Cart },
  refuses: [...written, 'promotion-not-valid', 'points-not-available'],
});
const addLine = endpoint({
  operationId: 'addCartLine',
  method: 'POST',
  path: '/v1/carts/:cartId/lines',
  tag: 'Carts',
  policy: 'user',
  idempotencyKey: 'honoured',
  reads: ['If-Match'],
  hasEtag: true,
  summary: 'Put units of a variant into the cart; adding it twice raises its line',
  body: NewLine,
  answers: { 201: Cart },
  refuses: [...written, 'unknown-variant', 'out-of-stock', 'seats-taken'],
});
const changeLine = endpoint({
  operationId: 'changeCartLine',
  method: 'PATCH',
  path: '/v1/carts/:cartId/lines/:lineId',
  tag: 'Carts',
  policy: 'user',
  reads: ['If-Match'],
  hasEtag: true,
  summary: 'Say how many units; 0 removes the line',
  body: LineChange,
  answers: { 200: Cart },
  refuses: [...written, 'out-of-stock', 'seats-taken'],
});
const removeLine = endpoint({
  operationId: 'removeCartLine',
  method: 'DELETE',
  path: '/v1/carts/:cartId/lines/:lineId',
  tag: 'Carts',
  policy: 'user',
  reads: ['If-Match'],
  hasEtag: true,
  summary: 'Take a line out of the cart',
  answers: { 200: Cart },
  refuses: written,
});
const listShippingOptions = endpoint({
  operationId: 'listShippingOptions',
  method: 'GET',
  path: '/v1/carts/:cartId/shipping-options',
  tag: 'Carts',
  policy: 'user',
  summary: 'How the cart can be delivered, and for how much',
  answers: { 200: ShippingOptions },
});

/** The cart service. */
export class Carts {
  constructor(readonly peer: CartPeer) {}

  /** What an `If-Match` of the call expects of the cart. */
  expectation(call: Pick<AnyCall, 'header' | 'as'>, cartId: string): Promise<{ expectedVersion?: string }> {
    return expectedVersion(call.header('If-Match'), (as) => this.peer.getCart({ cartId }, as), call.as);
  }
}

/** Filling a cart. */
@Controller()
export class CartsHttp {
  constructor(private readonly carts: Carts) {}

  @Serves(createCart)
  async create({ body, locale, as }: CallOf<typeof createCart>): Promise<Answer> {
    const cart = await this.carts.peer.createCart({ currency: body?.currency ?? usualCurrency, locale }, as);
    return cartAnswer(cart, 201, { Location: `/v1/carts/${cart.id}` });
  }

  @Serves(getCart)
  async get({ params, as }: CallOf<typeof getCart>): Promise<Answer> {
    return cartAnswer(await this.carts.peer.getCart(params, as));
  }

  @Serves(changeCart)
  async change(call: CallOf<typeof changeCart>): Promise<Answer> {
    const expectation = await this.carts.expectation(call, call.params.cartId);
    return cartAnswer(await this.carts.peer.updateCart({ ...call.params, ...changeTo(call.body), ...expectation }, call.as));
  }

  @Serves(addLine)
  async addLine(call: CallOf<typeof addLine>): Promise<Answer> {
    const expectation = await this.carts.expectation(call, call.params.cartId);
    return cartAnswer(
      await this.carts.peer.addLine({ ...call.params, ...call.body, seats: call.body.seats ?? [], ...expectation }, call.as),
      201,
    );
  }

  @Serves(changeLine)
  async changeLine(call: CallOf<typeof changeLine>): Promise<Answer> {
    const expectation = await this.carts.expectation(call, call.params.cartId);
    return cartAnswer(
      await this.carts.peer.changeLine({ ...call.params, ...call.body, seats: call.body.seats ?? [], ...expectation }, call.as),
    );
  }

  @Serves(removeLine)
  async removeLine(call: CallOf<typeof removeLine>): Promise<Answer> {
    const expectation = await this.carts.expectation(call, call.params.cartId);
    return cartAnswer(await this.carts.peer.changeLine({ ...call.params, quantity: 0, seats: [], ...expectation }, call.as));
  }

  @Serves(listShippingOptions)
  async shippingOptions({ params, as }: CallOf<typeof listShippingOptions>): Promise<Answer> {
    return ok(shippingOptionsFrom(await this.carts.peer.listShippingOptions(params, as)));
  }
}
