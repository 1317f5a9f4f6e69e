import type { Tx } from '@tandem/kernel';
import type { CartStore } from '../domain/ports.js';

/** Closes the cart that became an order; false when it was closed before, or has gone into another cart. */
export class CloseCart {
  constructor(private readonly carts: CartStore) {}

  run(tx: Tx, cartId: string, orderId: string): Promise<boolean> {
    return this.carts.order(tx, cartId, orderId);
  }
}
