import { Controller } from '@nestjs/common';
import { PaymentRefundedV1 } from '@tandem/contracts';
import type { Tx } from '@tandem/kernel';
import { type Handled, type Message, On } from '@tandem/messaging';
import { NoteFact } from './note-fact.js';

/** Notes money that went back. Captures and declines are the checkout's own answers and are in the history already. */
@Controller()
export class NoteRefundOnPaymentRefunded {
  constructor(private readonly noteFact: NoteFact) {}

  @On(PaymentRefundedV1)
  async handle(_: PaymentRefundedV1, tx: Tx, message: Message<PaymentRefundedV1>): Promise<Handled> {
    return this.noteFact.run(tx, message, ({ refundId, amount, remaining }) => (
      { data: { refundId, amount, remaining }, change: remaining.amount === 0 ? { paymentStatus: 'refunded' } : {} }
    ));
  }
}
