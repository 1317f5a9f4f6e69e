import type { Money } from '@tandem/kernel';
import { toPublicId } from '@tandem/host';
import type { PaymentProvider } from '../domain/payment-provider.js';
import type { PaymentStore } from '../domain/payment-store.js';

export type RefundCommand = { readonly refundId: string; readonly orderId: string; readonly amount: Money };
export type Refunding =
  | { readonly kind: 'refunded'; readonly amount: Money; readonly remainingMinor: bigint }
  | { readonly kind: 'refused'; readonly because: 'refund-exceeds-payment' | 'not-captured' | 'not-found' }
  /** `pending`: the bank has it in hand; it is asked again. */
  | { readonly kind: 'unavailable' | 'pending' };

/** Gives money of an order's payment back, once per refund id and never more than was captured. */
export class RefundPayment {
  constructor(
    private readonly payments: PaymentStore,
    private readonly provider: PaymentProvider,
  ) {}

  async run({ refundId, orderId, amount }: RefundCommand): Promise<Refunding> {
    const opened = await this.payments.openRefund(refundId, orderId, amount);
    switch (opened.kind) {
      case 'not-found':
        return { kind: 'refused', because: 'not-found' };
      case 'refused':
        return opened;
      case 'done':
        return { kind: 'refunded', amount: opened.amount, remainingMinor: opened.remainingMinor };
      case 'opened': {
        const answer = await this.provider.refund({
          key: toPublicId('refund', refundId),
          chargeId: opened.payment.chargeId ?? '',
          amount: opened.amount,
        });
        if (answer === 'unavailable' || answer === 'pending') return { kind: answer };
        if (answer === 'refused') {
          await this.payments.dropRefund(refundId);
          return { kind: 'refused', because: 'refund-exceeds-payment' };
        }
        await this.payments.settleRefund(refundId, opened);
        return { kind: 'refunded', amount: opened.amount, remainingMinor: opened.remainingMinor };
      }
    }
  }
}
