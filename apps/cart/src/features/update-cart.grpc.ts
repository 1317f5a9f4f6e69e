import { Controller } from '@nestjs/common';
import { cartV1 } from '@tandem/contracts';
import { type Caller, hashOf, Rpc } from '@tandem/host';
import { cartIdOf, detailsOf } from './cart-input.js';
import { UpdateCart } from './update-cart.js';

/** Where a cart goes, and what lowers its price. */
@Controller()
export class UpdateCartGrpc {
  constructor(private readonly updateCart: UpdateCart) {}

  @Rpc('CartService', 'updateCart', ['user'])
  async handle(request: cartV1.UpdateCartRequest, caller: Caller): Promise<cartV1.Cart> {
    return this.updateCart.run(caller, {
      cartId: cartIdOf(request.cartId),
      expectedVersion: request.expectedVersion,
      requestHash: hashOf('cart.UpdateCart', cartV1.UpdateCartRequest.encode({ ...request, expectedVersion: undefined }).finish()),
      details: detailsOf(request),
    });
  }
}
