import { Refusal, toPublicId } from '@tandem/host';

/** A 409 for a cart that has become an order, which it names. `orderId` is a UUID. */
export function alreadyOrdered(orderId: string): Refusal {
  const id = toPublicId('order', orderId);
  return new Refusal('cart-already-ordered', { detail: `it has become ${id}; begin another cart`, extensions: { orderId: id } });
}
