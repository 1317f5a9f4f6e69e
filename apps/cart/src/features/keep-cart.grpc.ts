import { Controller } from '@nestjs/common';
import { cartV1 } from '@tandem/contracts';
import { type Caller, hashOf, invalidField, Refusal, Rpc } from '@tandem/host';
import { currencies, isCurrency } from '@tandem/kernel';
import { cartIdOf, detailsOf, localeOf } from './cart-input.js';
import { cartReply, optionReply } from './cart-reply.js';
import { KeepCart } from './keep-cart.js';
import { WriteCart } from './write-cart.js';

/** A cart itself: made, shown, told where to deliver. */
@Controller()
export class KeepCartGrpc {
  constructor(private readonly writeCart: WriteCart, private readonly keepCart: KeepCart) {}

  @Rpc('CartService', 'createCart', ['user'])
  async create(request: cartV1.CreateCartRequest, caller: Caller): Promise<cartV1.Cart> {
    const currency = request.currency === '' ? 'EUR' : request.currency;
    if (!isCurrency(currency)) throw new Refusal('currency-not-offered', { detail: `offered are ${currencies.join(', ')}` });
    return this.keepCart.create(caller, { currency, locale: localeOf(request.locale), requestHash: hashOf('cart.CreateCart', cartV1.CreateCartRequest.encode(request).finish()) });
  }

  @Rpc('CartService', 'getCart', ['user'])
  async get({ cartId }: cartV1.GetCartRequest, caller: Caller): Promise<cartV1.Cart> {
    return cartReply(await this.keepCart.show(cartIdOf(cartId), caller));
  }

  @Rpc('CartService', 'updateCart', ['user'])
  async update(request: cartV1.UpdateCartRequest, caller: Caller): Promise<cartV1.Cart> {
    const details = detailsOf(request);
    const { shippingOptionId } = details;
    return this.writeCart.run(caller, {
      cartId: cartIdOf(request.cartId),
      expectedVersion: request.expectedVersion,
      requestHash: hashOf('cart.UpdateCart', cartV1.UpdateCartRequest.encode({ ...request, expectedVersion: undefined }).finish()),
      details,
      variants: () => [],
      apply: async (tx, cart, { rates }) => {
        const options = rates?.options ?? [];
        if (shippingOptionId !== undefined && !options.some(({ id }) => id === shippingOptionId)) throw unknownOption(options.map(({ id }) => id));
        return this.keepCart.setDetails(tx, cart, details);
      },
    });
  }

  @Rpc('CartService', 'listShippingOptions', ['user'])
  async options({ cartId }: cartV1.ListShippingOptionsRequest, caller: Caller): Promise<cartV1.ShippingOptions> {
    return { options: (await this.keepCart.options(cartIdOf(cartId), caller)).map(optionReply) };
  }
}

function unknownOption(offered: readonly string[]): Refusal {
  return invalidField('/shippingOptionId', 'unknown-shipping-option', `one of ${offered.join(', ')}`);
}
