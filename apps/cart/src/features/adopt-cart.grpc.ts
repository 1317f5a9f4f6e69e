import { Controller } from '@nestjs/common';
import type { cartV1, commonV1 } from '@tandem/contracts';
import { type Caller, notFound, parsePublicId, Rpc } from '@tandem/host';
import { AdoptCart } from './adopt-cart.js';

/** A guest's carts become a customer's, before the storefront answers who they are. */
@Controller()
export class AdoptCartGrpc {
  constructor(private readonly adoptCart: AdoptCart) {}

  @Rpc('CartService', 'adopt', ['service'])
  async handle(request: cartV1.AdoptRequest, caller: Caller): Promise<commonV1.Empty> {
    const guestId = parsePublicId('customer', request.guestId);
    const customerId = parsePublicId('customer', request.customerId);
    if (!guestId || !customerId) throw notFound();
    await this.adoptCart.run({ guestId, customerId }, caller);
    return {};
  }
}
