import { Controller } from '@nestjs/common';
import { PaymentCapturedV1, PaymentDeclinedV1, PaymentRefundedV1, PaymentRefundFailedV1 } from '@tandem/contracts';
import { money, type OrderId, type RefundId, type Tx } from '@tandem/kernel';
import { done, type Handled, ignored, type Message, On } from '@tandem/messaging';
import type { CheckoutStore } from '../domain/checkout.js';
import { NoteFact } from './note-fact.js';
import { RefundOrder } from './refund-order.js';

/** The checkouts that wait for a word of the bank. */
export class WaitingCheckouts {
  constructor(private readonly store: Pick<CheckoutStore, 'wake'>) {}

  async wake(tx: Tx, orderId: string): Promise<Handled> {
    return (await this.store.wake(tx, orderId as OrderId)) ? done : ignored('no checkout waits');
  }
}

/** Goes on with a checkout as soon as the bank's word has come: a challenge met or failed, an answer that was late. */
@Controller()
export class ResumeCheckoutOnPaymentSettled {
  constructor(private readonly waiting: WaitingCheckouts) {}

  @On(PaymentCapturedV1)
  async captured({ orderId }: PaymentCapturedV1, tx: Tx): Promise<Handled> {
    return this.waiting.wake(tx, orderId);
  }

  @On(PaymentDeclinedV1)
  async declined({ orderId }: PaymentDeclinedV1, tx: Tx): Promise<Handled> {
    return this.waiting.wake(tx, orderId);
  }
}

/** Notes money that went back, and ends the refund whose answer was lost. */
@Controller()
export class NoteRefundOnPaymentRefunded {
  constructor(
    private readonly noteFact: NoteFact,
    private readonly refundOrder: RefundOrder,
  ) {}

  @On(PaymentRefundedV1)
  async handle(_: PaymentRefundedV1, tx: Tx, message: Message<PaymentRefundedV1>): Promise<Handled> {
    const noted = await this.noteFact.run(tx, message, ({ refundId, amount, remaining }) => ({
      data: { refundId, amount, remaining },
      change: remaining.amount === 0 ? { paymentStatus: 'refunded' } : {},
    }));
    // The event does not say which giving it tells of. Whoever pays debts ends a later one by asking.
    await this.refundOrder.settle(tx, message.data.orderId as OrderId, { id: message.data.refundId as RefundId, giving: 1 });
    return noted;
  }

  /** The money came back: an operator decides whether it is given again. */
  @On(PaymentRefundFailedV1)
  async failed(_: PaymentRefundFailedV1, tx: Tx, message: Message<PaymentRefundFailedV1>): Promise<Handled> {
    const noted = await this.noteFact.run(tx, message, ({ refundId, amount, remaining }, { payment }) => ({
      data: { refundId, amount, remaining },
      change: payment?.status === 'refunded' ? { paymentStatus: 'captured' } : {},
    }));
    const { orderId, refundId, amount } = message.data;
    await this.refundOrder.fail(tx, {
      orderId: orderId as OrderId,
      id: refundId as RefundId,
      amount: money(BigInt(amount.amount), amount.currency),
    });
    return noted;
  }
}
