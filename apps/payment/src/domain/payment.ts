import type { Money } from '@tandem/kernel';

/** What names a payment, at the provider too: one order may need several attempts, each is charged at most once. */
export type Attempt = { readonly orderId: string; readonly attempt: number };

/** `pending`: not asked for, or asked and not answered yet; `unknown`: asked, and no answer came. Both may still end either way. */
export type PaymentStatus = 'pending' | 'unknown' | 'requires-action' | 'captured' | 'declined' | 'voided';

/** A payment. Ids are UUIDs; the bank's `chargeId` is its own. */
export type Payment = Attempt & {
  readonly id: string;
  readonly amount: Money;
  readonly paymentMethod: string;
  readonly status: PaymentStatus;
  readonly chargeId: string | null;
  readonly declineCode: string | null;
  readonly actionUrl: string | null;
};

/** True while the bank has the next word. */
export function isOpen(status: PaymentStatus): boolean {
  return status === 'pending' || status === 'unknown';
}

/** What may follow what. An end stays, but a captured charge may be voided before anything was refunded. */
const transitions: Readonly<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  pending: ['unknown', 'requires-action', 'captured', 'declined', 'voided'],
  unknown: ['requires-action', 'captured', 'declined', 'voided'],
  'requires-action': ['captured', 'declined', 'voided'],
  captured: ['voided'],
  declined: [],
  voided: [],
};

export function mayBecome(from: PaymentStatus, to: PaymentStatus): boolean {
  return transitions[from].includes(to);
}

/** The statuses that `to` may follow. */
export function statusesBefore(to: PaymentStatus): readonly PaymentStatus[] {
  return (Object.keys(transitions) as PaymentStatus[]).filter((from) => mayBecome(from, to));
}

export type RefundDecision =
  { readonly kind: 'refundable' } | { readonly kind: 'refused'; readonly because: 'refund-exceeds-payment' | 'not-captured' };

/** Whether `amount` can be given back when `refunded` of the payment already was, or is on its way. */
export function decideRefund(payment: Pick<Payment, 'status' | 'amount'>, refundedMinor: bigint, amount: Money): RefundDecision {
  if (payment.status !== 'captured') return { kind: 'refused', because: 'not-captured' };
  const fits = amount.currency === payment.amount.currency && amount.minor > 0n && refundedMinor + amount.minor <= payment.amount.minor;
  return fits ? { kind: 'refundable' } : { kind: 'refused', because: 'refund-exceeds-payment' };
}
