import type { cartV1 } from '@tandem/contracts';
import { type Caller, newUuid, notFound, once, scopeOf, ownerOf } from '@tandem/host';
import type { Currency, Database, Tx } from '@tandem/kernel';
import type { Cart } from '../domain/cart.js';
import type { CartStore } from '../domain/ports.js';
import type { ShippingOption } from '../domain/pricing/shipping.js';
import { cartReply } from './cart-reply.js';
import { type CartView, nothingAsked, type PricedCart, show } from './cart-view.js';

export type NewCartCommand = { readonly currency: Currency; readonly locale: string; readonly requestHash: Buffer };

/** Makes carts, and shows them priced now. */
export class KeepCart {
  constructor(
    private readonly database: Database,
    private readonly carts: CartStore,
    private readonly view: CartView,
  ) {}

  create(caller: Caller, { currency, locale, requestHash }: NewCartCommand): Promise<cartV1.Cart> {
    const scope = scopeOf(caller, requestHash);
    const make = async (tx?: Tx): Promise<cartV1.Cart> =>
      cartReply(show(await this.carts.create({ id: newUuid(), ownerId: ownerOf(caller), currency, locale }, tx), nothingAsked));
    return scope ? once(this.database, caller, scope, { prepare: async () => undefined, run: make }) : make();
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
