import { Controller } from '@nestjs/common';
import { cartV1 } from '@tandem/contracts';
import { type Caller, hashOf, invalidField, newUuid, notFound, parsePublicId, Refusal, Rpc } from '@tandem/host';
import { addLine, changeLine, type Cart, maxLines, maxQuantity } from '../domain/cart.js';
import { pick } from '../domain/seats.js';
import { cartIdOf } from './cart-input.js';
import type { View } from './cart-view.js';
import { WriteCart } from './write-cart.js';

/** Lines of a cart: stock and price are asked before the answer. */
@Controller()
export class ChangeLinesGrpc {
  constructor(private readonly writeCart: WriteCart) {}

  @Rpc('CartService', 'addLine', ['user'])
  async add(request: cartV1.AddLineRequest, caller: Caller): Promise<cartV1.Cart> {
    const variantId = parsePublicId('variant', request.variantId);
    if (!variantId) throw unknownVariant('is the id of no variant');
    const quantity = wholeUnits(request.quantity, 1);
    const { seats } = request;
    return this.writeCart.run(caller, {
      cartId: cartIdOf(request.cartId),
      expectedVersion: request.expectedVersion,
      requestHash: hashOf('cart.AddLine', cartV1.AddLineRequest.encode({ ...request, expectedVersion: undefined }).finish()),
      variants: () => [variantId],
      picksSeats: seats.length > 0,
      decide: (cart, view) => {
        if (!view.quotes.has(variantId)) throw unknownVariant(`is no variant that is sold in ${cart.currency}`);
        if (seats.some((seat) => cart.lines.some((line) => line.variantId === variantId && line.seats?.includes(seat))))
          throw invalidField('/seats', 'duplicate', 'are in the cart already');
        const found = stockFor(view, { variantId, quantity, seats });
        const adding = addLine(cart, { variantId, quantity, newLineId: newUuid(), ...found });
        if (adding.kind === 'refused') throw refusal(adding.because, found.available);
        return adding;
      },
    });
  }

  @Rpc('CartService', 'changeLine', ['user'])
  async change(request: cartV1.ChangeLineRequest, caller: Caller): Promise<cartV1.Cart> {
    const lineId = parsePublicId('line', request.lineId);
    if (!lineId) throw notFound('the cart has no such line');
    const quantity = wholeUnits(request.quantity, 0);
    const { seats } = request;
    if (quantity === 0 && seats.length > 0) throw invalidField('/seats', 'count', 'must be as many as quantity, each once');
    return this.writeCart.run(caller, {
      cartId: cartIdOf(request.cartId),
      expectedVersion: request.expectedVersion,
      requestHash: hashOf('cart.ChangeLine', cartV1.ChangeLineRequest.encode({ ...request, expectedVersion: undefined }).finish()),
      variants: (cart) => (quantity === 0 ? [] : variantOf(cart, lineId)), // what goes needs no stock
      picksSeats: seats.length > 0,
      decide: (cart, view) => {
        const [variantId = ''] = variantOf(cart, lineId);
        const found = quantity === 0 || variantId === '' ? { available: 0 } : stockFor(view, { variantId, quantity, seats });
        const changing = changeLine(cart, { lineId, quantity, ...found });
        switch (changing.kind) {
          case 'no-such-line':
            throw notFound('the cart has no such line');
          case 'refused':
            throw refusal(changing.because, found.available);
          case 'line-removed':
          case 'line-put':
            return changing;
        }
      },
    });
  }
}

function unknownVariant(message: string): Refusal {
  const pointer = '/variantId';
  return new Refusal('unknown-variant', { detail: `${pointer} ${message}`, errors: [{ pointer, code: 'unknown', message }] });
}

type Chosen = { readonly variantId: string; readonly quantity: number; readonly seats: readonly string[] };

/** What can be had of a variant: so many units, or the seats that were picked. */
function stockFor(
  { stock, freeSeats }: View,
  { variantId, quantity, seats }: Chosen,
): { readonly available: number; readonly seats?: readonly string[] } {
  const { available = 0, isSeated = false } = stock.get(variantId) ?? {};
  const picking = pick({ quantity, seats, isSeated, free: freeSeats });
  switch (picking.kind) {
    case 'picked':
      return isSeated ? { available: maxQuantity, seats } : { available };
    case 'taken':
      throw new Refusal('seats-taken', { detail: `not free: ${picking.seats.join(', ')}`, extensions: { seats: picking.seats } });
    case 'refused':
      throw invalidField(
        '/seats',
        picking.because,
        picking.because === 'count' ? 'must be as many as quantity, each once' : 'are for variants whose units have numbers',
      );
  }
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
