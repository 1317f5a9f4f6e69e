import type { Address, Cart, Details, Line } from '../domain/cart.js';
import type { CartStore, OnBehalf } from '../domain/ports.js';
import type { Priced } from '../domain/pricing/price.js';
import type { ShippingOption } from '../domain/pricing/shipping.js';
import { type CartView, show } from './cart-view.js';

export type PriceCommand = {
  readonly cartId: string;
  readonly ownerId: string;
  readonly overrides: Details;
  readonly customerEmail: string | undefined;
};
export type Missing = '/email' | '/shippingAddress' | '/shippingOptionId';
export type Quoting =
  | {
      readonly kind: 'quoted';
      readonly cart: Cart;
      readonly priced: Priced;
      readonly email: string;
      readonly shippingAddress: Address;
      readonly option: ShippingOption;
    }
  | { readonly kind: 'not-found' | 'cart-empty' }
  | { readonly kind: 'already-ordered'; readonly orderId: string }
  | { readonly kind: 'unknown-variant'; readonly lines: readonly Line[] }
  | { readonly kind: 'missing'; readonly fields: readonly Missing[] };

/** Prices a cart for its order: catalog's prices now, with what the request says laid over what the cart knows. Changes nothing. */
export class PriceCart {
  constructor(
    private readonly carts: CartStore,
    private readonly view: CartView,
  ) {}

  async run({ cartId, ownerId, overrides, customerEmail }: PriceCommand, call: OnBehalf): Promise<Quoting> {
    const found = await this.carts.find(cartId);
    if (!found || found.ownerId !== ownerId) return { kind: 'not-found' };
    if (found.status === 'ordered') return { kind: 'already-ordered', orderId: found.orderId ?? '' };
    if (found.lines.length === 0) return { kind: 'cart-empty' };
    const cart: Cart = { ...found, ...overrides };
    const email = cart.email ?? customerEmail ?? null;
    const { priced, option } = show(cart, await this.view.ask(cart, call));
    if (email === null || cart.shippingAddress === null || !option)
      return missing({ '/email': email, '/shippingAddress': cart.shippingAddress, '/shippingOptionId': option });
    if (priced.gone.length > 0) return { kind: 'unknown-variant', lines: priced.gone };
    return { kind: 'quoted', cart, priced, email, shippingAddress: cart.shippingAddress, option };
  }
}

function missing(fields: Record<Missing, unknown>): Quoting {
  const absent = Object.entries(fields).filter(([, value]) => value === null || value === undefined);
  return { kind: 'missing', fields: absent.map(([name]) => name as Missing) };
}
