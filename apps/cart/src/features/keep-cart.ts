import type { cartV1 } from '@tandem/contracts';
import { type Caller, newUuid, notFound, once, scopeOf } from '@tandem/host';
import type { Currency, Database } from '@tandem/kernel';
import type { Cart } from '../domain/cart.js';
import type { CartStore } from '../domain/ports.js';
import type { ShippingOption } from '../domain/pricing/shipping.js';
import { cartReply } from './cart-reply.js';
import { type CartView, nothingAsked, type PricedCart, show } from './cart-view.js';
import { ownerOf } from './write-cart.js';

export type NewCartCommand = { readonly currency: Currency; readonly locale: string; readonly requestHash: Buffer };

/** Makes carts, and shows them priced now. */
export class KeepCart {
  constructor(private readonly database: Database, private readonly carts: CartStore, private readonly view: CartView) {}

  create(caller: Caller, { currency, locale, requestHash }: NewCartCommand): Promise<cartV1.Cart> {
    return once(this.database, caller, scopeOf(caller, requestHash), {
      prepare: async () => undefined,
      run: async (tx) => {
        const cart = await this.carts.create(tx, { id: newUuid(), ownerId: ownerOf(caller), currency, locale });
        return cartReply(show(cart, nothingAsked));
      },
    });
  }

  async show(cartId: string, caller: Caller): Promise<PricedCart> {
    const cart = await this.owned(cartId, caller);
    return show(cart, await this.view.ask(cart, caller));
  }

  async options(cartId: string, caller: Caller): Promise<readonly ShippingOption[]> {
    return this.view.options(await this.owned(cartId, caller), caller);
  }

  private async owned(cartId: string, caller: Caller): Promise<Cart> {
    const cart = await this.carts.find(cartId);
    if (!cart || cart.ownerId !== ownerOf(caller)) throw notFound();
    return cart;
  }
}
