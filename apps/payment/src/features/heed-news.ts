import { parsePublicId } from '@tandem/host';
import type { Payment } from '../domain/payment.js';
import { attemptUnder, givingUnder, type PaymentProvider } from '../domain/payment-provider.js';
import type { PaymentStore } from '../domain/payment-store.js';
import type { ProviderNews } from '../domain/provider-news.js';
import { chargeOf, keyOf, settlementOf } from './charge-order.js';
import type { RefundPayment } from './refund-payment.js';

export type HeedNewsParts = { readonly payments: PaymentStore; readonly provider: PaymentProvider; readonly refundPayment: RefundPayment };
/** `in-hand`: the provider has taken the refund that returns the money, and has not given it yet; the news stays owed until it has. */
export type Heeding = { readonly kind: 'heeded' | 'known-already' | 'unknown-payment' | 'returned' | 'in-hand' };

/**
 * What a provider tells of a charge becomes the payment's end, and the order is told: nobody waits for it. News may come twice, late and in any
 * order. Throws when the provider is away and the end depends on it, and while money that
 * has to go back does not: the news stays owed, where an operator sees it.
 */
export class HeedNews {
  constructor(private readonly parts: HeedNewsParts) {}

  async run(news: ProviderNews): Promise<Heeding> {
    if ('failedRefund' in news) return this.refundFailed(news.failedRefund);
    const { key, answer } = news;
    const payment = await this.paymentUnder(key);
    if (!payment) return { kind: 'unknown-payment' };
    if (answer.kind === 'captured' && (isOver(payment) || (await this.parts.payments.isReturning(payment.id))))
      return this.takenAfterItsEnd({ ...payment, chargeId: answer.chargeId });
    const settled = await this.parts.payments.settleAndTell(payment.id, settlementOf(answer));
    return { kind: settled.status === payment.status ? 'known-already' : 'heeded' };
  }

  /** Money that was given came back: the order is told. Throws while the refund is open: it may be under way to its first end, which would hide this one. */
  private async refundFailed(key: string): Promise<Heeding> {
    const { publicRefundId = '', giving = 1 } = givingUnder(key) ?? {};
    const refundId = parsePublicId('refund', publicRefundId);
    const failing = refundId === undefined ? 'unknown' : await this.parts.payments.failRefund({ refundId, giving });
    if (failing === 'open') throw new Error(`the refund ${key} is still open`);
    return { kind: failing === 'unknown' ? 'unknown-payment' : failing === 'failed' ? 'heeded' : 'known-already' };
  }

  private async paymentUnder(key: string): Promise<Payment | undefined> {
    const { publicOrderId = '', attempt = 0 } = attemptUnder(key) ?? {};
    const orderId = parsePublicId('order', publicOrderId);
    return orderId === undefined ? undefined : this.parts.payments.find({ orderId, attempt });
  }

  /** Money was taken for a payment that ended without any: unless the provider knows better, it goes back, once. */
  private async takenAfterItsEnd(payment: Payment): Promise<Heeding> {
    const { payments, provider, refundPayment } = this.parts;
    const now = await provider.find(chargeOf(payment));
    if (now.kind === 'unavailable' || now.kind === 'unknown') throw new Error(`the provider does not say what became of ${keyOf(payment)}`);
    if (now.kind !== 'captured') return { kind: 'known-already' };
    const voided = await provider.void(chargeOf(payment));
    if (voided === 'unavailable') throw new Error('the provider cannot be asked now');
    if (voided === 'voided') return { kind: 'returned' };
    await payments.reopenToReturn(payment.id, now.chargeId);
    const refunding = await refundPayment.run({ refundId: payment.id, giving: 1, orderId: payment.orderId, amount: payment.amount });
    if (refunding.kind === 'unavailable') throw new Error('the provider does not take the refund now');
    if (refunding.kind === 'pending') return { kind: 'in-hand' };
    if (refunding.kind === 'refused' && refunding.because === 'came-back') return { kind: 'known-already' }; // the order was told, and has it
    if (refunding.kind === 'refused') throw new Error(`the provider does not return the money of ${keyOf(payment)} (${refunding.because})`);
    return { kind: 'returned' };
  }
}

function isOver({ status }: Payment): boolean {
  return status === 'voided' || status === 'declined';
}
