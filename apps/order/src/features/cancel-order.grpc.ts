import { Controller } from '@nestjs/common';
import { orderV1 } from '@tandem/contracts';
import {
  type Caller,
  hashOf,
  invalidField,
  isStaff,
  keyMissing,
  keyReused,
  notFound,
  once,
  parsePublicId,
  principalOf,
  Refusal,
  Rpc,
  scopeOf,
} from '@tandem/host';
import type { Database, OrderId } from '@tandem/kernel';
import type { Order } from '../domain/order.js';
import type { OrderStore } from '../domain/order-store.js';
import { type Cancelling, CancelOrder } from './cancel-order.js';
import { toReply } from './order-reply.js';

/** What the edge of a cancellation stands on. */
export class CancelOrderParts {
  constructor(
    readonly database: Database,
    readonly orders: Pick<OrderStore, 'find'>,
    readonly isCheckoutKey: (principal: string, key: string) => Promise<boolean>,
  ) {}
}

/** Cancels an order for its owner or for staff, once per key. */
@Controller()
export class CancelOrderGrpc {
  constructor(
    private readonly cancelOrder: CancelOrder,
    private readonly parts: CancelOrderParts,
  ) {}

  @Rpc('OrderService', 'cancelOrder', ['user'])
  async handle(request: orderV1.CancelOrderRequest, caller: Caller): Promise<orderV1.Order> {
    const seen = await this.visible(request.orderId, caller);
    const reason = reasonOf(request);
    const scope = scopeOf(caller, hashOf('order.CancelOrder', orderV1.CancelOrderRequest.encode(request).finish()));
    if (!scope) throw keyMissing();
    if (await this.parts.isCheckoutKey(scope.principal, scope.key)) throw keyReused();
    return once(this.parts.database, caller, scope, {
      prepare: async () => cancelledOrRefused(await this.cancelOrder.stop(seen.id, reason, caller), seen),
      run: async (tx) => toReply(cancelledOrRefused(await this.cancelOrder.run(tx, seen.id, reason), seen)),
    });
  }

  /** Staff may cancel every order, anyone else their own; another's is not there. */
  private async visible(id: string, caller: Caller): Promise<Order> {
    if (parsePublicId('order', id) === undefined) throw notFound();
    const order = await this.parts.orders.find(id as OrderId);
    if (!order || (!isStaff(caller) && order.ownerId !== principalOf(caller).id)) throw notFound();
    return order;
  }
}

function reasonOf({ reason = '' }: orderV1.CancelOrderRequest): string {
  if (reason.length > 500 || reason.includes('\0')) throw invalidField('/reason', 'invalid', 'at most 500 characters, no U+0000');
  return reason === '' ? 'customer-request' : reason;
}

function cancelledOrRefused(cancelling: Cancelling, { id, status }: Order): Order {
  switch (cancelling.kind) {
    case 'cancelled':
      return cancelling.order;
    case 'refused':
      throw new Refusal(cancelling.because, cancelling.because === 'already-shipped' ? { detail: whyShipped(id, status) } : {});
  }
}

function whyShipped(id: OrderId, status: Order['status']): string {
  const where = status === 'delivered' ? 'has been delivered' : 'is with the carrier';
  return `${id} ${where}, so it cannot be cancelled; what comes back is refunded by staff`;
}
