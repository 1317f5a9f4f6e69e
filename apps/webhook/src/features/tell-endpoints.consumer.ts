import { Controller } from '@nestjs/common';
import { OrderCancelledV1, OrderConfirmedV1, OrderDeliveredV1, OrderRefundedV1, OrderShippedV1 } from '@tandem/contracts';
import { uuidOf } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import { type Handled, type Message, On } from '@tandem/messaging';
import { TellEndpoints } from './tell-endpoints.js';

type OrderFacts = { readonly orderId: string; readonly number: string; readonly customerId: string | null };

/** Tells shoppers' own systems of their orders, in words of the public API. */
@Controller()
export class TellEndpointsOnOrder {
  constructor(private readonly tellEndpoints: TellEndpoints) {}

  @On(OrderConfirmedV1)
  async confirmed(event: OrderConfirmedV1, tx: Tx, { id }: Message<OrderConfirmedV1>): Promise<Handled> {
    const { orderId, number, total, confirmedAt, ownerId } = event;
    const lines = event.lines.map(({ variantId, sku, title, quantity }) => ({ variantId, sku, title, quantity }));
    return this.tellEndpoints.run(tx, {
      ...whose(event),
      ownerId: uuidOf('customer', ownerId),
      eventId: id,
      event: 'order.confirmed',
      at: confirmedAt,
      data: { orderId, number, status: 'confirmed', total, lines },
    });
  }

  @On(OrderShippedV1)
  async shipped(event: OrderShippedV1, tx: Tx, { id }: Message<OrderShippedV1>): Promise<Handled> {
    const shipments = event.shipments.map(({ carrier, trackingCode }) => ({ carrier, trackingCode }));
    return this.tellEndpoints.run(tx, {
      ...whose(event),
      eventId: id,
      event: 'order.shipped',
      at: event.shippedAt,
      data: { ...facts(event, 'shipped'), shipments },
    });
  }

  @On(OrderDeliveredV1)
  async delivered(event: OrderDeliveredV1, tx: Tx, { id }: Message<OrderDeliveredV1>): Promise<Handled> {
    return this.tellEndpoints.run(tx, {
      ...whose(event),
      eventId: id,
      event: 'order.delivered',
      at: event.deliveredAt,
      data: facts(event, 'delivered'),
    });
  }

  @On(OrderCancelledV1)
  async cancelled(event: OrderCancelledV1, tx: Tx, { id }: Message<OrderCancelledV1>): Promise<Handled> {
    const { reason, refund, cancelledAt } = event;
    return this.tellEndpoints.run(tx, {
      ...whose(event),
      eventId: id,
      event: 'order.cancelled',
      at: cancelledAt,
      data: { ...facts(event, 'cancelled'), reason, refund },
    });
  }

  @On(OrderRefundedV1)
  async refunded(event: OrderRefundedV1, tx: Tx, { id }: Message<OrderRefundedV1>): Promise<Handled> {
    const { refundId, amount, isFull, reason, refundedAt } = event;
    return this.tellEndpoints.run(tx, {
      ...whose(event),
      eventId: id,
      event: 'order.refunded',
      at: refundedAt,
      data: { orderId: event.orderId, number: event.number, refundId, amount, isFull, reason },
    });
  }
}

function whose({ orderId, customerId }: OrderFacts): {
  readonly orderId: string;
  readonly ownerId: string | null;
  readonly isGuest: boolean;
} {
  return {
    orderId: uuidOf('order', orderId),
    ownerId: customerId === null ? null : uuidOf('customer', customerId),
    isGuest: customerId === null,
  };
}

function facts({ orderId, number }: OrderFacts, status: string): Readonly<Record<string, unknown>> {
  return { orderId, number, status };
}
