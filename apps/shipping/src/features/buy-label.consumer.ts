import { Controller } from '@nestjs/common';
import { OrderConfirmedV1 } from '@tandem/contracts';
import { uuidOf } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import { type Handled, On } from '@tandem/messaging';
import { parcelsOf } from '../domain/shipment.js';
import { BuyLabel } from './buy-label.js';

@Controller()
export class BuyLabelOnOrderConfirmed {
  constructor(private readonly buyLabel: BuyLabel) {}

  @On(OrderConfirmedV1)
  async handle({ orderId, ownerId, shippingOption, shippingAddress, lines }: OrderConfirmedV1, tx: Tx): Promise<Handled> {
    const order = { orderId: uuidOf('order', orderId), ownerId: uuidOf('customer', ownerId) };
    return this.buyLabel.run(tx, { ...order, service: shippingOption.service, shippingAddress, parcels: parcelsOf(lines) });
  }
}
