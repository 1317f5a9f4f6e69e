import type { Money } from '@tandem/kernel';
import type { Attempt, Payment } from '../domain/payment.js';
import type { PaymentProvider } from '../domain/payment-provider.js';
import type { PaymentStore } from '../domain/payment-store.js';
import { chargeOf, settlementOf } from './charge-order.js';

export type Voiding = { readonly kind: 'payment'; readonly payment: Payment } | { readonly kind: 'unavailable' };

/** Ends a payment so that no money stays taken, also one that was never asked for. Asking again changes nothing. */
export class VoidPayment {
  constructor(
    private readonly payments: PaymentStore,
    private readonly provider: PaymentProvider,
  ) {}

  /** `amount`: what would have been charged, for an attempt that was never seen. The provider was not asked for that one: whoever charges writes the payment first. */
  async run(attempt: Attempt, amount: Money): Promise<Voiding> {
    const payment = (await this.payments.find(attempt)) ?? (await this.payments.openVoided(attempt, amount));
    if (payment.status === 'voided' || payment.status === 'declined') return { kind: 'payment', payment };
    const voided = await this.provider.void(chargeOf(payment));
    if (voided === 'unavailable') return { kind: 'unavailable' };
    if (voided === 'refused') return this.asTheBankHasIt(payment);
    return { kind: 'payment', payment: await this.payments.settle(payment.id, { status: 'voided' }) };
  }

  /** The bank does not void a charge that it declined, or gave back in part: an end of which this payment may not have heard yet. */
  private async asTheBankHasIt(payment: Payment): Promise<Voiding> {
    const answer = await this.provider.find(chargeOf(payment));
    if (answer.kind === 'unavailable') return { kind: 'unavailable' };
    if (answer.kind === 'none') return { kind: 'payment', payment };
    return { kind: 'payment', payment: await this.payments.settle(payment.id, settlementOf(answer)) };
  }
}
