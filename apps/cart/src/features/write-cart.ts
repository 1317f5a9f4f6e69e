import { type Caller, notFound, once, principalOf, Refusal, scopeOf, toPublicId, uuidOf } from '@tandem/host';
import type { Database, Tx } from '@tandem/kernel';
import type { cartV1 } from '@tandem/contracts';
import type { Cart } from '../domain/cart.js';
import type { CartStore, Details } from '../domain/ports.js';
import { type CartView, show, untilFresh, type View } from './cart-view.js';
import { cartReply } from './cart-reply.js';

/** One write of one cart, as an RPC asks for it. */
export type CartWrite = {
  readonly cartId: string;
  /** The version the shopper has seen; undefined when any will do. */
  readonly expectedVersion: string | undefined;
  /** Identifies the request for its idempotency key. */
  readonly requestHash: Buffer;
  /** What the write will change about delivery, so that prices and rates are asked for it. */
  readonly details?: Details;
  /** Variants whose price and stock the write needs, beside those in the cart. */
  readonly variants: (cart: Cart) => readonly string[];
  /** Decides and writes under the cart's lock; answers the cart as it is then. Refuses by throwing. */
  readonly apply: (tx: Tx, cart: Cart, view: View) => Promise<Cart>;
};

/** Runs a write: other services first, then one transaction under the cart's lock; once per idempotency key. Answers the cart priced now. */
export class WriteCart {
  constructor(private readonly database: Database, private readonly carts: CartStore, private readonly view: CartView) {}

  run(caller: Caller, write: CartWrite): Promise<cartV1.Cart> {
    return untilFresh(() => this.attempt(caller, write));
  }

  private attempt(caller: Caller, write: CartWrite): Promise<cartV1.Cart> {
    return once(this.database, caller, scopeOf(caller, write.requestHash), {
      prepare: async () => {
        const cart = writable(await this.carts.find(write.cartId), caller);
        return { cart, view: await this.view.ask({ ...cart, ...write.details }, caller, write.variants(cart)) };
      },
      run: async (tx, { cart: seen, view }) => {
        const cart = writable(await this.carts.lock(tx, write.cartId, seen), caller);
        if (write.expectedVersion !== undefined && write.expectedVersion !== cart.version.toString()) throw new Refusal('cart-changed');
        return cartReply(show(await write.apply(tx, cart, view), view));
      },
    });
  }
}

/** The cart, if it is the caller's and still open. */
function writable(cart: Cart | undefined, caller: Caller): Cart {
  if (!cart || cart.ownerId !== ownerOf(caller)) throw notFound();
  if (cart.status === 'ordered') throw new Refusal('cart-already-ordered', { extensions: { orderId: toPublicId('order', cart.orderId ?? '') } });
  return cart;
}

/** Whose carts a caller may touch: the UUID of its principal. */
export function ownerOf(caller: Caller): string {
  return uuidOf('customer', principalOf(caller).id);
}
