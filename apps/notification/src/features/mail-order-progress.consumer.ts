import { createHash } from 'node:crypto';
import { Controller } from '@nestjs/common';
import {
  OrderCancelledV1,
  OrderConfirmedV1,
  OrderDeliveredV1,
  OrderParcelLostV1,
  OrderParcelReturnedV1,
  OrderRefundedV1,
  OrderShippedV1,
} from '@tandem/contracts';
import type { Tx } from '@tandem/kernel';
import { type Handled, type Message, On } from '@tandem/messaging';
import { OrderMails } from './order-mails.js';
import { QueueMail } from './queue-mail.js';

/** One mail for each step of an order that the shopper should hear of: queued here, sent beside, so that nothing waits for a mail server. */
@Controller()
export class MailOrderProgressOnOrder {
  constructor(
    private readonly queueMail: QueueMail,
    private readonly mails: OrderMails,
  ) {}

  @On(OrderConfirmedV1)
  confirmed(event: OrderConfirmedV1, tx: Tx, cause: Message<OrderConfirmedV1>): Promise<Handled> {
    return this.queueMail.run(tx, { mail: this.mails.confirmed(event), orderId: event.orderId, ownerId: event.ownerId, cause });
  }

  @On(OrderShippedV1)
  shipped(event: OrderShippedV1, tx: Tx, cause: Message<OrderShippedV1>): Promise<Handled> {
    return this.queueMail.run(tx, {
      mail: this.mails.shipped(event),
      orderId: event.orderId,
      ownerId: event.customerId,
      attachesInvoice: true,
      cause,
    });
  }

  @On(OrderDeliveredV1)
  delivered(event: OrderDeliveredV1, tx: Tx, cause: Message<OrderDeliveredV1>): Promise<Handled> {
    return this.queueMail.run(tx, { mail: this.mails.delivered(event), orderId: event.orderId, ownerId: event.customerId, cause });
  }

  @On(OrderParcelLostV1)
  parcelLost(event: OrderParcelLostV1, tx: Tx, cause: Message<OrderParcelLostV1>): Promise<Handled> {
    return this.queueMail.run(tx, {
      mail: this.mails.parcelLost(event),
      orderId: event.orderId,
      ownerId: event.customerId,
      source: sourceOf(event),
      cause,
    });
  }

  @On(OrderParcelReturnedV1)
  parcelReturned(event: OrderParcelReturnedV1, tx: Tx, cause: Message<OrderParcelReturnedV1>): Promise<Handled> {
    return this.queueMail.run(tx, {
      mail: this.mails.parcelReturned(event),
      orderId: event.orderId,
      ownerId: event.customerId,
      source: sourceOf(event),
      cause,
    });
  }

  @On(OrderCancelledV1)
  cancelled(event: OrderCancelledV1, tx: Tx, cause: Message<OrderCancelledV1>): Promise<Handled> {
    return this.queueMail.run(tx, { mail: this.mails.cancelled(event), orderId: event.orderId, ownerId: event.customerId, cause });
  }

  @On(OrderRefundedV1)
  refunded(event: OrderRefundedV1, tx: Tx, cause: Message<OrderRefundedV1>): Promise<Handled> {
    return this.queueMail.run(tx, {
      mail: this.mails.refunded(event),
      orderId: event.orderId,
      ownerId: event.customerId,
      source: event.refundId,
      cause,
    });
  }
}

/** The first parcel of a shipment that goes astray is told of under the shipment's name, as it always was; a further one under one of its own, in the letters of a Message-ID. */
function sourceOf({ shipmentId, trackingCode, isFurther }: OrderParcelLostV1 | OrderParcelReturnedV1): string {
  return isFurther ? `${shipmentId}.${createHash('sha256').update(trackingCode).digest('hex').slice(0, 16)}` : shipmentId;
}
