import { type Caller, cartChanged, notFound, once, ownerOf, type Scope, scopeOf } from '@tandem/host';
import type { Database } from '@tandem/kernel';
import type { cartV1 } from '@tandem/contracts';
import { type Cart, type CartChange, changed, type Details } from '../domain/cart.js';
import type { CartStore } from '../domain/ports.js';
import { alreadyOrdered } from './already-ordered.js';
import { type CartView, show, StaleView, untilFresh, type View } from './cart-view.js';
import { cartReply } from './cart-reply.js';

/** One write of one cart, as an RPC asks for it. */
export type CartWrite = {
  readonly cartId: string;
  /** The version the shopper has seen; undefined when any will do. */
  readonly expectedVersion: string | undefined;
  /** Identifies the request for its idempotency key. */
  readonly requestHash: Buffer;
  /** What the write will change about delivery and price, so that others are asked for it. */
  readonly details?: Details;
  /** Variants whose price and stock the write needs, beside those in the cart. */
  readonly variants: (cart: Cart) => readonly string[];
  /** Some of their seats are picked, so that it needs to know which are free. */
  readonly picksSeats?: boolean;
  /** What the write changes about the cart as it is. Refuses by throwing. */
  readonly decide: (cart: Cart, view: View) => CartChange;
};

type Seen = { readonly cart: Cart; readonly view: View };

/**
 * Runs a write: other services first, then the decision is written, once per idempotency key. Answers the cart priced now. Without a key it is
 * one statement, which writes only while the cart is the one that was seen; when somebody else was faster, and with a key, it is decided
 * under the cart's lock.
 */
export class WriteCart {
  constructor(
    private readonly database: Database,
    private readonly carts: CartStore,
    private readonly view: CartView,
  ) {}

  async run(caller: Caller, write: CartWrite): Promise<cartV1.Cart> {
    const scope = scopeOf(caller, write.requestHash);
    return (scope ? undefined : await this.atOnce(caller, write)) ?? untilFresh(() => this.locked(caller, write, scope));
  }

  private async atOnce(caller: Caller, write: CartWrite): Promise<cartV1.Cart | undefined> {
    const { cart, view } = await this.look(caller, write);
    const change = decide(write, cart, view);
    const reply = cartReply(show(changed(cart, change), view));
    return (await this.carts.save(cart, change)) ? reply : undefined;
  }

  private locked(caller: Caller, write: CartWrite, scope: Scope | undefined): Promise<cartV1.Cart> {
    return once(this.database, caller, scope, {
      prepare: () => this.look(caller, write),
      run: async (tx, { cart: seen, view }) => {
        const cart = writable(await this.carts.lock(tx, write.cartId, seen), caller);
        const change = decide(write, cart, view);
        const reply = cartReply(show(changed(cart, change), view));
        if (!(await this.carts.save(cart, change, tx))) throw new StaleView();
        return reply;
      },
    });
  }

  private async look(caller: Caller, write: CartWrite): Promise<Seen> {
    const cart = writable(await this.carts.find(write.cartId), caller);
    const more = write.variants(cart);
    return {
      cart,
      view: await this.view.ask({ ...cart, ...write.details }, caller, { more, seated: write.picksSeats ? more[0] : undefined }),
    };
  }
}

function decide({ expectedVersion, decide: ask }: CartWrite, cart: Cart, view: View): CartChange {
  if (expectedVersion !== undefined && expectedVersion !== cart.version.toString()) throw cartChanged();
  return ask(cart, view);
}

/** The cart, if it is the caller's and still open. */
function writable(cart: Cart | undefined, caller: Caller): Cart {
  if (!cart || cart.ownerId !== ownerOf(caller)) throw notFound();
  if (cart.status === 'ordered') throw alreadyOrdered(cart.orderId ?? '');
  return cart;
}
