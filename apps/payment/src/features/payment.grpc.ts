import { Controller } from '@nestjs/common';
import { type commonV1, paymentV1 } from '@tandem/contracts';
import { invalidField, noSuch, notFound, parsePublicId, Refusal, Rpc, toPublicId } from '@tandem/host';
import { isCurrency, type Money, money } from '@tandem/kernel';
import type { Payment, PaymentStatus } from '../domain/payment.js';
import { PaymentMethods } from '../domain/payment-provider.js';
import { ChargeOrder } from './charge-order.js';
import { FindPayment } from './find-payment.js';
import { RefundPayment } from './refund-payment.js';
import { VoidPayment } from './void-payment.js';

/** The RPCs of payments: validate, run, translate. */
@Controller()
export class PaymentGrpc {
  constructor(
    private readonly chargeOrder: ChargeOrder,
    private readonly findPayment: FindPayment,
    private readonly refundPayment: RefundPayment,
    private readonly voidPayment: VoidPayment,
    private readonly paymentMethods: PaymentMethods,
  ) {}

  @Rpc('PaymentService', 'charge', ['service'])
  async charge(request: paymentV1.ChargeRequest): Promise<paymentV1.Payment> {
    if (!this.paymentMethods.accepts(request.paymentMethod))
      throw invalidField('/paymentMethod', 'unknown-payment-method', this.paymentMethods.wanted);
    const charged = await this.chargeOrder.run({
      ...attemptOf(request),
      amount: moneyOf(request.amount),
      paymentMethod: request.paymentMethod,
    });
    if (charged.kind === 'unavailable') throw bankAway();
    return replyOf(charged.payment);
  }

  @Rpc('PaymentService', 'findPayment', ['service'])
  async find(request: paymentV1.FindPaymentRequest): Promise<paymentV1.Payment> {
    const payment = await this.findPayment.run(attemptOf(request));
    if (!payment) throw noSuch('payment of the order', request.orderId);
    return replyOf(payment);
  }

  @Rpc('PaymentService', 'void', ['service'])
  async void(request: paymentV1.VoidRequest): Promise<paymentV1.Payment> {
    const voiding = await this.voidPayment.run(attemptOf(request), moneyOf(request.amount));
    if (voiding.kind === 'unavailable') throw bankAway();
    return replyOf(voiding.payment);
  }

  @Rpc('PaymentService', 'refund', ['service'])
  async refund(request: paymentV1.RefundRequest): Promise<paymentV1.Refunding> {
    const refundId = parsePublicId('refund', request.refundId);
    const orderId = parsePublicId('order', request.orderId);
    if (!refundId) throw noSuch('refund', request.refundId);
    if (!orderId) throw noSuch('order', request.orderId);
    if (!Number.isInteger(request.giving) || request.giving < 0 || request.giving > 999_999)
      throw invalidField('/giving', 'out-of-range', '0 to 999999');
    const outcome = await this.refundPayment.run({ refundId, giving: request.giving || 1, orderId, amount: moneyOf(request.amount) });
    switch (outcome.kind) {
      case 'pending':
      case 'refunded': {
        if (outcome.kind === 'pending' && request.giving === 0) throw bankAway(); // a caller of before takes every answer for a gift
        const { currency } = outcome.amount;
        return {
          refundId: request.refundId,
          status: outcome.kind === 'pending' ? 'pending' : 'succeeded',
          amount: wireOf(outcome.amount),
          remaining: wireOf(money(outcome.remainingMinor, currency)),
        };
      }
      case 'unavailable':
        throw bankAway();
      case 'refused':
        if (outcome.because === 'came-back')
          throw new Refusal('refund-exceeds-payment', { detail: 'the bank has given this money, and it came back: give it again' });
        throw outcome.because === 'refund-exceeds-payment'
          ? new Refusal('refund-exceeds-payment', {
              detail: `the bank gives no such amount of the payment of ${request.orderId} back: less than that is left of it, or the card takes nothing`,
            })
          : notFound(`the order has no captured payment (${outcome.because})`);
    }
  }
}

const statuses: Readonly<Record<PaymentStatus, paymentV1.Payment_Status>> = {
  pending: paymentV1.Payment_Status.STATUS_UNKNOWN,
  unknown: paymentV1.Payment_Status.STATUS_UNKNOWN,
  'requires-action': paymentV1.Payment_Status.STATUS_REQUIRES_ACTION,
  captured: paymentV1.Payment_Status.STATUS_CAPTURED,
  declined: paymentV1.Payment_Status.STATUS_DECLINED,
  voided: paymentV1.Payment_Status.STATUS_VOIDED,
};

function bankAway(): Refusal {
  return new Refusal('payment-unavailable', { detail: 'the bank does not answer; try again', retryAfterSeconds: 2 });
}

function attemptOf({ orderId, attempt }: { orderId: string; attempt: number }): { orderId: string; attempt: number } {
  const uuid = parsePublicId('order', orderId);
  if (!uuid) throw noSuch('order', orderId);
  return { orderId: uuid, attempt };
}

function moneyOf(amount: commonV1.Money | undefined): Money {
  if (!amount || !isCurrency(amount.currency) || !/^[1-9]\d{0,14}$/.test(amount.amount))
    throw invalidField('/amount', 'invalid-money', 'a positive amount in a currency of the shop');
  return money(BigInt(amount.amount), amount.currency);
}

function wireOf(amount: Money): commonV1.Money {
  return { amount: amount.minor.toString(), currency: amount.currency };
}

function replyOf(payment: Payment): paymentV1.Payment {
  return {
    id: toPublicId('payment', payment.id),
    status: statuses[payment.status],
    amount: wireOf(payment.amount),
    ...(payment.declineCode ? { declineCode: payment.declineCode } : {}),
    ...(payment.actionUrl ? { actionUrl: payment.actionUrl } : {}),
  };
}
