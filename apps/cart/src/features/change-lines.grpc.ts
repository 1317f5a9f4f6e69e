import { Controller } from '@nestjs/common';
import { cartV1 } from '@tandem/contracts';
import { type Caller, hashOf, invalidField, newUuid, notFound, parsePublicId, Refusal, Rpc } from '@tandem/host';
import { addLine, changeLine, type Cart, maxLines, maxQuantity } from '../domain/cart.js';
import { cartIdOf } from './cart-input.js';
import { WriteCart } from './write-cart.js';

/** Lines of a cart: stock and price are asked before the answer. */
@Controller()
export class ChangeLinesGrpc {
  constructor(private readonly writeCart: WriteCart) {}

  @Rpc('CartService', 'addLine', ['user'])
  async add(request: cartV1.AddLineRequest, caller: Caller): Promise<cartV1.Cart> {
    const variantId = parsePublicId('variant', request.variantId);
    if (!variantId) throw unknownVariant();
    const quantity = wholeUnits(request.quantity, 1);
    return this.writeCart.run(caller, {
      cartId: cartIdOf(request.cartId),
      expectedVersion: request.expectedVersion,
      requestHash: hashOf('cart.AddLine', cartV1.AddLineRequest.encode({ ...request, expectedVersion: undefined }).finish()),
      variants: () => [variantId],
      decide: (cart, { quotes, stock }) => {
        if (!quotes.has(variantId)) throw unknownVariant();
        const available = stock.get(variantId) ?? 0;
        const adding = addLine(cart, { variantId, quantity, available, newLineId: newUuid() });
        if (adding.kind === 'refused') throw refusal(adding.because, available);
        return adding;
      },
    });
  }

  @Rpc('CartService', 'changeLine', ['user'])
  async change(request: cartV1.ChangeLineRequest, caller: Caller): Promise<cartV1.Cart> {
    const lineId = parsePublicId('line', request.lineId);
    if (!lineId) throw notFound('the cart has no such line');
    const quantity = wholeUnits(request.quantity, 0);
    return this.writeCart.run(caller, {
      cartId: cartIdOf(request.cartId),
      expectedVersion: request.expectedVersion,
      requestHash: hashOf('cart.ChangeLine', cartV1.ChangeLineRequest.encode({ ...request, expectedVersion: undefined }).finish()),
      variants: (cart) => (quantity === 0 ? [] : variantOf(cart, lineId)), // what goes needs no stock
      decide: (cart, { stock }) => {
        const available = stock.get(variantOf(cart, lineId)[0] ?? '') ?? 0;
        const changing = changeLine(cart, { lineId, quantity, available });
        switch (changing.kind) {
          case 'no-such-line':
            throw notFound('the cart has no such line');
          case 'refused':
            throw refusal(changing.because, available);
          case 'line-removed':
          case 'line-put':
            return changing;
        }
      },
    });
  }
}

function unknownVariant(): Refusal {
  return new Refusal('unknown-variant', { errors: [{ pointer: '/variantId', code: 'unknown', message: 'is no variant that is sold here' }] });
}

function variantOf(cart: Cart, lineId: string): readonly string[] {
  return cart.lines.filter(({ id }) => id === lineId).map(({ variantId }) => variantId);
}

function wholeUnits(quantity: number, least: number): number {
  if (Number.isInteger(quantity) && quantity >= least && quantity <= maxQuantity) return quantity;
  throw invalidField('/quantity', 'out-of-range', `a whole number, ${least} to ${maxQuantity}`);
}

function refusal(because: 'out-of-stock' | 'quantity-too-large' | 'too-many-lines', available: number): Refusal {
  switch (because) {
    case 'out-of-stock':
      return new Refusal('out-of-stock', { detail: `${available} can be bought`, extensions: { available } });
    case 'quantity-too-large':
      return invalidField('/quantity', 'out-of-range', `a line has at most ${maxQuantity} units`);
    case 'too-many-lines':
      return invalidField('/variantId', 'too-many-lines', `a cart has at most ${maxLines} lines`);
  }
}
