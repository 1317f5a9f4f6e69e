import { Controller } from '@nestjs/common';
import { OrderConfirmedV1 } from '@tandem/contracts';
import { uuidOf } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import { done, type Handled, ignored, On } from '@tandem/messaging';
import { CloseCart } from './close-cart.js';

/** A cart that became an order takes no more writes. */
@Controller()
export class CloseCartOnOrderConfirmed {
  constructor(private readonly closeCart: CloseCart) {}

  @On(OrderConfirmedV1)
  async handle({ cartId, orderId }: OrderConfirmedV1, tx: Tx): Promise<Handled> {
    return (await this.closeCart.run(tx, uuidOf('cart', cartId), uuidOf('order', orderId))) ? done : ignored('no-open-cart');
  }
}
