import { Controller } from '@nestjs/common';
import { cartV1 } from '@tandem/contracts';
import { type Caller, hashOf, Refusal, Rpc } from '@tandem/host';
import { currencies, isCurrency } from '@tandem/kernel';
import { cartIdOf, localeOf } from './cart-input.js';
import { cartReply, optionReply } from './cart-reply.js';
import { KeepCart } from './keep-cart.js';

/** A cart itself: made and shown. */
@Controller()
export class KeepCartGrpc {
  constructor(private readonly keepCart: KeepCart) {}

  @Rpc('CartService', 'createCart', ['user'])
  async create(request: cartV1.CreateCartRequest, caller: Caller): Promise<cartV1.Cart> {
    const currency = request.currency === '' ? 'EUR' : request.currency;
    if (!isCurrency(currency)) throw new Refusal('currency-not-offered', { detail: `offered are ${currencies.join(', ')}` });
    return this.keepCart.create(caller, {
      currency,
      locale: localeOf(request.locale),
      requestHash: hashOf('cart.CreateCart', cartV1.CreateCartRequest.encode(request).finish()),
    });
  }

  @Rpc('CartService', 'getCart', ['user'])
  async get({ cartId }: cartV1.GetCartRequest, caller: Caller): Promise<cartV1.Cart> {
    return cartReply(await this.keepCart.show(cartIdOf(cartId), caller));
  }

  @Rpc('CartService', 'listShippingOptions', ['user'])
  async options({ cartId }: cartV1.ListShippingOptionsRequest, caller: Caller): Promise<cartV1.ShippingOptions> {
    return { options: (await this.keepCart.options(cartIdOf(cartId), caller)).map(optionReply) };
  }
}
