import type { Currency } from '@tandem/kernel';

/** Integer minor units, as events and JSON carry them. */
export type Amount = { readonly amount: number; readonly currency: Currency };
export type Locale = 'de' | 'en' | 'fr';

export type Address = {
  readonly name: string;
  readonly line1: string;
  readonly line2?: string | undefined;
  readonly city: string;
  readonly postalCode: string;
  readonly region?: string | undefined;
  readonly country: string;
  readonly phone?: string | undefined;
};

export type FactLine = {
  readonly lineId: string;
  readonly sku: string;
  readonly title: string;
  readonly category: string;
  readonly quantity: number;
  readonly unitPrice: Amount;
  readonly total: Amount;
  readonly discount: Amount;
  readonly weightGrams: number;
  /** Names of numbered seats, where the line has them. */
  readonly seats?: readonly string[] | undefined;
};

/** What was true of an order when it was confirmed; `total = subtotal + shipping + tax − discount`. */
export type OrderFacts = {
  readonly orderId: string;
  readonly number: string;
  readonly locale: Locale;
  readonly currency: Currency;
  readonly lines: readonly FactLine[];
  readonly subtotal: Amount;
  readonly shipping: Amount;
  readonly tax: Amount;
  readonly discount: Amount;
  readonly total: Amount;
  readonly shippingAddress: Address;
  readonly shippingOption: { readonly carrier: string; readonly service: string };
  readonly confirmedAt: string;
};

/** Who sells, line by line as it is printed. */
export type Seller = readonly string[];

/** `lines`: the units that came back; none of an amount alone, of a cancellation, and of what was planned before they were kept. */
export type RefundFacts = {
  readonly refundId: string;
  readonly amount: Amount;
  readonly reason: string;
  readonly refundedAt: string;
  readonly lines?: readonly { readonly lineId: string; readonly quantity: number }[] | undefined;
};

/** A document with all it says. Its number and facts never change, so its bytes can be made again, the same. */
export type DocumentFacts =
  | { readonly kind: 'invoice'; readonly order: OrderFacts; readonly seller: Seller }
  | { readonly kind: 'packing-slip'; readonly order: OrderFacts; readonly seller: Seller }
  | {
      readonly kind: 'credit-note';
      readonly order: OrderFacts;
      readonly seller: Seller;
      readonly refund: RefundFacts;
      readonly invoiceNumber: string;
    };

export type DocumentKind = DocumentFacts['kind'];
export const documentKinds = ['invoice', 'packing-slip', 'credit-note'] as const satisfies readonly DocumentKind[];

/** When what it tells of happened: its date, and the date of its file. */
export function issuedAt(facts: DocumentFacts): Date {
  return new Date(facts.kind === 'credit-note' ? facts.refund.refundedAt : facts.order.confirmedAt);
}
