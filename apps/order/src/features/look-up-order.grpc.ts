import { Controller } from '@nestjs/common';
import type { orderV1 } from '@tandem/contracts';
import { notFound, Rpc } from '@tandem/host';
import { normalizeOrderNumber } from '@tandem/kernel';
import type { OrderStore } from '../domain/order-store.js';
import { toReply } from './order-reply.js';

/** What a look-up stands on. */
export class OrderLookups {
  constructor(readonly orders: Pick<OrderStore, 'findByNumber'>) {}
}

/**
 * An order for whoever has its number and its e-mail: both or nothing, so that neither can be guessed alone. How often one may try is for the
 * edge to say, which knows from where it is asked.
 */
@Controller()
export class LookUpOrderGrpc {
  constructor(private readonly lookups: OrderLookups) {}

  @Rpc('OrderService', 'lookupOrder', ['public'])
  async handle(request: orderV1.LookupOrderRequest): Promise<orderV1.Order> {
    const number = normalizeOrderNumber(request.number);
    if (!/^[0-9A-Z]{8}$/.test(number)) throw notFound();
    const order = await this.lookups.orders.findByNumber(number);
    if (!order?.isPromised || order.email.toLowerCase() !== request.email.trim().toLowerCase()) throw notFound();
    return toReply(order);
  }
}
