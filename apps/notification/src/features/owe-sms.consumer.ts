import { Controller } from '@nestjs/common';
import { OrderCancelledV1, OrderConfirmedV1, OrderDeliveredV1, OrderRefundedV1, OrderShippedV1 } from '@tandem/contracts';
import { uuidOf } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import { done, type Handled, ignored, On } from '@tandem/messaging';
import type { ShowAmount } from '../domain/amounts.js';
import { topicOf } from '../domain/mail-kind.js';
import type { SmsBook, SmsKind } from '../domain/sms.js';
import { smsText } from '../domain/sms-text.js';
import type { Locale } from '../domain/texts/texts.js';

/** What owing text messages stands on. */
export class SmsDesk {
  constructor(
    readonly book: Pick<SmsBook, 'owe'>,
    readonly show: ShowAmount,
  ) {}
}

type Fact = {
  readonly orderId: string;
  readonly number: string;
  readonly locale: Locale;
  readonly customerId: string | null;
  readonly ownerId?: string;
};

/** Text messages about an order are owed here, to whoever chose them, and go out beside. */
@Controller()
export class OweSmsOnOrder {
  constructor(private readonly desk: SmsDesk) {}

  @On(OrderConfirmedV1)
  confirmed(event: OrderConfirmedV1, tx: Tx): Promise<Handled> {
    return this.owe(tx, 'order.confirmed', event);
  }

  @On(OrderShippedV1)
  shipped(event: OrderShippedV1, tx: Tx): Promise<Handled> {
    return this.owe(tx, 'order.shipped', event);
  }

  @On(OrderDeliveredV1)
  delivered(event: OrderDeliveredV1, tx: Tx): Promise<Handled> {
    return this.owe(tx, 'order.delivered', event);
  }

  @On(OrderCancelledV1)
  cancelled(event: OrderCancelledV1, tx: Tx): Promise<Handled> {
    return this.owe(tx, 'order.cancelled', event);
  }

  @On(OrderRefundedV1)
  refunded(event: OrderRefundedV1, tx: Tx): Promise<Handled> {
    const amount = this.desk.show(event.locale, event.amount);
    return this.owe(tx, 'order.refunded', event, { source: event.refundId, amount });
  }

  private async owe(tx: Tx, kind: SmsKind, fact: Fact, { source = '', amount = '' } = {}): Promise<Handled> {
    const owner = fact.ownerId ?? fact.customerId;
    const isOwed = await this.desk.book.owe(tx, {
      orderId: uuidOf('order', fact.orderId),
      kind,
      source,
      topic: topicOf[kind],
      ownerId: owner === null ? null : uuidOf('customer', owner),
      text: smsText(kind, fact.locale, { number: fact.number, amount }),
    });
    return isOwed ? done : ignored('not-wanted');
  }
}
