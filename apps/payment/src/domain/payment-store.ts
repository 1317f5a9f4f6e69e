import type { Money } from '@tandem/kernel';
import type { Attempt, Payment, PaymentStatus, RefundDecision } from './payment.js';

export type NewPayment = Attempt & { readonly amount: Money; readonly paymentMethod: string };
/** How a payment ended, or what it waits for. */
export type Settlement = {
  readonly status: PaymentStatus;
  readonly chargeId?: string;
  readonly declineCode?: string;
  readonly actionUrl?: string;
};
export type RefundShare = { readonly payment: Payment; readonly amount: Money; readonly remainingMinor: bigint };
/** A refund's money, and which time it is given: 1 at first, the next each time it came back. */
export type Giving = { readonly refundId: string; readonly giving: number };
/** `giving`: the one that is under way, which may be an earlier one than was asked for. `came-back`: this one was given, and its money came back. */
export type OpenedRefund =
  | (RefundShare & { readonly kind: 'opened' | 'done'; readonly giving: number })
  | { readonly kind: 'not-found' | 'came-back' }
  | Extract<RefundDecision, { kind: 'refused' }>;

/** Payments and refunds. A fact that nobody waits for is published in the transaction that makes it true. */
export type PaymentStore = {
  /** The payment of an attempt, made when there is none. Asking again changes nothing. */
  open(wanted: NewPayment): Promise<Payment>;
  /** The same for an attempt that is never to be made: when there is no payment yet, it starts at its end, so that a charge under way finds it and asks nobody. */
  openVoided(attempt: Attempt, amount: Money): Promise<Payment>;
  find(attempt: Attempt): Promise<Payment | undefined>;
  /** Writes an outcome unless the payment has already ended otherwise; answers the payment as it stands. For callers who wait for the answer. */
  settle(id: string, settlement: Settlement): Promise<Payment>;
  /** The same for an outcome nobody waits for: a capture or a decline is published. */
  settleAndTell(id: string, settlement: Settlement): Promise<Payment>;
  /** A payment that ended without money, and whose money was taken all the same: captured, and set aside to go back under its own id. */
  reopenToReturn(id: string, chargeId: string): Promise<void>;
  /** True when the payment's money has to go back, or went back, because it was taken after its end. */
  isReturning(id: string): Promise<boolean>;
  /** Sets a refund aside against what is left of the order's captured payment, under the payment's lock. */
  openRefund(wanted: Giving & { readonly orderId: string; readonly amount: Money }): Promise<OpenedRefund>;
  /** The bank has it in hand: the auditor is told since when. Asking again changes nothing. */
  holdRefund(giving: Giving): Promise<void>;
  /** The bank has given the money back; told with what remains when all that truly went back is taken off. Nothing but a giving that is under way is settled. */
  settleRefund(giving: Giving, share: Omit<RefundShare, 'remainingMinor'>): Promise<void>;
  /** The money of a refund that was given came back: published, and its share is free again. `open`: it has had no end yet; `before`: known already. */
  failRefund(giving: Giving): Promise<'failed' | 'before' | 'open' | 'unknown'>;
  /** A refund the bank refused for good gives its share back. One that returns what was taken after the payment's end stays owed; one that came back before counts as failed again. */
  dropRefund(giving: Giving): Promise<void>;
};
