import { type Attempt, isOpen, type Payment } from '../domain/payment.js';
import type { PaymentProvider } from '../domain/payment-provider.js';
import type { PaymentStore } from '../domain/payment-store.js';
import { chargeOf, settlementOf } from './charge-order.js';

/** The payment of an attempt; while its end is open, what the provider says of it. Asking changes only what the provider knows better. */
export class FindPayment {
  constructor(
    private readonly payments: PaymentStore,
    private readonly provider: PaymentProvider,
  ) {}

  async run(attempt: Attempt): Promise<Payment | undefined> {
    const payment = await this.payments.find(attempt);
    if (!payment || !(isOpen(payment.status) || payment.status === 'requires-action')) return payment;
    const answer = await this.provider.find(chargeOf(payment));
    if (answer.kind === 'none' || answer.kind === 'unavailable' || answer.kind === 'unknown') return payment;
    return this.payments.settle(payment.id, settlementOf(answer));
  }
}
