import type { Money } from '@tandem/kernel';

/** What a provider says of a charge. */
export type ChargeAnswer =
  | { readonly kind: 'captured'; readonly chargeId: string }
  | { readonly kind: 'declined'; readonly declineCode: string }
  | { readonly kind: 'requires-action'; readonly actionUrl: string; readonly chargeId: string }
  | { readonly kind: 'voided' }
  /** The provider may or may not have charged: ask again with the same key, or `find`. */
  | { readonly kind: 'unknown' }
  /** Nothing reached the provider. */
  | { readonly kind: 'unavailable' };

/** What is to be charged under a key. `chargeId`: the provider's own id of it, once it has been heard; `null` before. */
export type Charge = {
  readonly key: string;
  readonly orderId: string;
  readonly amount: Money;
  readonly paymentMethod: string;
  readonly chargeId: string | null;
};

/**
 * What a provider says of a refund. `pending`: it has taken it, and the money is not on its way yet: asking again by the same key tells its end. `refused`: it never will
 * give it, or could not. What was `refunded` may come back all the same, a closed account; then the provider tells of it by webhook.
 */
export type RefundAnswer = 'refunded' | 'pending' | 'refused' | 'unavailable';

/** Proved for every adapter by `payment-provider.contract.ts`. */
export type PaymentProvider = {
  /** Charges once per key; the same key answers the same end. Never throws for what a provider or a network can do. */
  charge(charge: Charge): Promise<ChargeAnswer>;
  /** What became of the key; `none` when the provider has never made a charge under it. */
  find(charge: Charge): Promise<ChargeAnswer | { readonly kind: 'none' }>;
  /** Gives money of a charge back, once per refund key. */
  refund(refund: { readonly key: string; readonly chargeId: string; readonly amount: Money }): Promise<RefundAnswer>;
  /** Takes a charge back, or closes its key so that none can come. */
  void(charge: Charge): Promise<'voided' | 'refused' | 'unavailable'>;
};

/** What a provider can be asked to charge: payment methods by their form, and the form in words. */
export class PaymentMethods {
  constructor(
    private readonly form: RegExp,
    readonly wanted: string,
  ) {}

  accepts(paymentMethod: string): boolean {
    return this.form.test(paymentMethod);
  }
}

/** The provider's idempotency key of an attempt. */
export function providerKey(publicOrderId: string, attempt: number): string {
  return `${publicOrderId}:${attempt}`;
}

/** The provider's idempotency key of a refund's money: its first giving goes by the refund's id alone. */
export function refundKey(publicRefundId: string, giving: number): string {
  return giving === 1 ? publicRefundId : `${publicRefundId}:${giving}`;
}

/** The giving behind a provider's key of a refund; `undefined` for one that is none of ours. */
export function givingUnder(key: string): { readonly publicRefundId: string; readonly giving: number } | undefined {
  const [, publicRefundId, giving = '1'] = /^(ref_[0-9a-z]{26})(?::([1-9]\d{0,5}))?$/.exec(key) ?? [];
  return publicRefundId === undefined ? undefined : { publicRefundId, giving: Number(giving) };
}

/** The attempt behind a provider's key; `undefined` for one that is none of ours. */
export function attemptUnder(key: string): { readonly publicOrderId: string; readonly attempt: number } | undefined {
  const [, publicOrderId, attempt] = /^(ord_[0-9a-z]{26}):([1-9]\d{0,5})$/.exec(key) ?? [];
  return publicOrderId === undefined ? undefined : { publicOrderId, attempt: Number(attempt) };
}
