import type { Money } from '@tandem/kernel';
import { toPublicId } from '@tandem/host';
import { type PaymentProvider, refundKey } from '../domain/payment-provider.js';
import type { Giving, PaymentStore } from '../domain/payment-store.js';

export type RefundCommand = Giving & { readonly orderId: string; readonly amount: Money };
export type Refunding =
  /** `pending`: the bank has it in hand; it is asked again. */
  | { readonly kind: 'refunded' | 'pending'; readonly amount: Money; readonly remainingMinor: bigint }
  | { readonly kind: 'refused'; readonly because: 'refund-exceeds-payment' | 'not-captured' | 'not-found' | 'came-back' }
  | { readonly kind: 'unavailable' };

/** Gives money of an order's payment back, once per refund id, again only when it came back, and never more than was captured. */
export class RefundPayment {
  constructor(
    private readonly payments: PaymentStore,
    private readonly provider: PaymentProvider,
  ) {}

  async run(command: RefundCommand): Promise<Refunding> {
    const opened = await this.payments.openRefund(command);
    switch (opened.kind) {
      case 'not-found':
      case 'came-back':
        return { kind: 'refused', because: opened.kind };
      case 'refused':
        return opened;
      case 'done':
        return { kind: 'refunded', amount: opened.amount, remainingMinor: opened.remainingMinor };
      case 'opened': {
        const asked = { refundId: command.refundId, giving: opened.giving };
        const answer = await this.provider.refund({
          key: refundKey(toPublicId('refund', asked.refundId), asked.giving),
          chargeId: opened.payment.chargeId ?? '',
          amount: opened.amount,
        });
        if (answer === 'unavailable') return { kind: 'unavailable' };
        if (answer === 'pending') {
          await this.payments.holdRefund(asked);
          return { kind: 'pending', amount: opened.amount, remainingMinor: opened.remainingMinor };
        }
        if (answer === 'refused') {
          await this.payments.dropRefund(asked);
          return { kind: 'refused', because: 'refund-exceeds-payment' };
        }
        await this.payments.settleRefund(asked, opened);
        return { kind: 'refunded', amount: opened.amount, remainingMinor: opened.remainingMinor };
      }
    }
  }
}
