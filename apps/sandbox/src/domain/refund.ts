import { equals, type Money } from '@tandem/kernel';
import type { Charge } from './charge.js';

/** Money the bank gave back. One idempotency key is one refund, for ever. */
export type Refund = {
  readonly id: string;
  readonly chargeId: string;
  readonly orderId: string;
  readonly amount: Money;
  readonly status: 'succeeded';
  readonly idempotencyKey: string;
  readonly createdAt: Date;
};

export type RefundRequest = { readonly idempotencyKey: string; readonly chargeId: string; readonly amount: Money };

/** What the bank knows when it is asked for a refund: the charge, the sum of its refunds, and an earlier refund under the same key. */
export type RefundFacts = { readonly charge: Charge; readonly refundedMinor: bigint; readonly earlier: Refund | undefined };

export type Refunding =
  | { readonly kind: 'refunded' }
  | { readonly kind: 'repeated'; readonly refund: Refund }
  | {
      readonly kind: 'refused';
      readonly because: 'idempotency-key-reused' | 'charge-not-captured' | 'currency-mismatch' | 'refund-exceeds-charge';
    };

/** Decides a refund: never more in all than was captured, and the same key never twice. */
export function refund({ charge, refundedMinor, earlier }: RefundFacts, { chargeId, amount }: RefundRequest): Refunding {
  if (earlier) {
    if (earlier.chargeId === chargeId && equals(earlier.amount, amount)) return { kind: 'repeated', refund: earlier };
    return { kind: 'refused', because: 'idempotency-key-reused' };
  }
  if (charge.status !== 'captured') return { kind: 'refused', because: 'charge-not-captured' };
  if (charge.amount.currency !== amount.currency) return { kind: 'refused', because: 'currency-mismatch' };
  if (refundedMinor + amount.minor > charge.amount.minor) return { kind: 'refused', because: 'refund-exceeds-charge' };
  return { kind: 'refunded' };
}
