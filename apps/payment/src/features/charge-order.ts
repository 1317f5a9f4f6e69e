import { toPublicId } from '@tandem/host';
import { isOpen, type Payment } from '../domain/payment.js';
import { type Charge, type ChargeAnswer, type PaymentProvider, providerKey } from '../domain/payment-provider.js';
import type { NewPayment, PaymentStore, Settlement } from '../domain/payment-store.js';

export type Charged = { readonly kind: 'payment'; readonly payment: Payment } | { readonly kind: 'unavailable' };

/** Charges an order's attempt once. A repeat answers the stored end; while the end is open it asks the provider again by the same key. */
export class ChargeOrder {
  constructor(
    private readonly payments: PaymentStore,
    private readonly provider: PaymentProvider,
  ) {}

  async run(wanted: NewPayment): Promise<Charged> {
    const payment = await this.payments.open(wanted);
    if (!isOpen(payment.status)) return { kind: 'payment', payment };
    const answer = await this.provider.charge(chargeOf(payment));
    if (answer.kind === 'unavailable') return payment.status === 'unknown' ? { kind: 'payment', payment } : { kind: 'unavailable' };
    return { kind: 'payment', payment: await this.payments.settle(payment.id, settlementOf(answer)) };
  }
}

export function keyOf(payment: Pick<Payment, 'orderId' | 'attempt'>): string {
  return providerKey(toPublicId('order', payment.orderId), payment.attempt);
}

/** A payment as its provider is asked for it. */
export function chargeOf({ orderId, attempt, amount, paymentMethod, chargeId }: Payment): Charge {
  return { key: keyOf({ orderId, attempt }), orderId: toPublicId('order', orderId), amount, paymentMethod, chargeId };
}

/** What a provider's answer makes of a payment. */
export function settlementOf(answer: Exclude<ChargeAnswer, { kind: 'unavailable' }>): Settlement {
  switch (answer.kind) {
    case 'captured':
      return { status: 'captured', chargeId: answer.chargeId };
    case 'declined':
      return { status: 'declined', declineCode: answer.declineCode };
    case 'requires-action':
      return { status: 'requires-action', actionUrl: answer.actionUrl, chargeId: answer.chargeId };
    case 'voided':
      return { status: 'voided' };
    case 'unknown':
      return { status: 'unknown' };
  }
}
