import type { Tx } from '@tandem/kernel';
import type { Cart, Line } from '../domain/cart.js';
import type { CartStore } from '../domain/ports.js';

/** Writes a decided change of lines; answers the cart with its new version. */
export class CartLines {
  constructor(private readonly carts: CartStore) {}

  async put(tx: Tx, cart: Cart, line: Line): Promise<Cart> {
    await this.carts.putLines(tx, cart.id, [line]);
    return { ...cart, version: cart.version + 1n };
  }

  async remove(tx: Tx, cart: Cart, lineId: string): Promise<Cart> {
    await this.carts.removeLine(tx, cart.id, lineId);
    return { ...cart, version: cart.version + 1n };
  }
}
