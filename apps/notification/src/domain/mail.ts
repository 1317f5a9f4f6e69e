import { type Currency, money, toDecimal } from '@tandem/kernel';

/** What a mail is about; one mail per order and kind (and refund). */
export type MailKind = 'order.confirmed' | 'order.shipped' | 'order.delivered' | 'order.cancelled' | 'order.refunded';

/** Values a template is filled with. They are escaped when they are filled in. */
export type MailValues = { readonly [name: string]: string | readonly MailValues[] };

export type Mail = {
  readonly kind: MailKind;
  readonly to: string;
  readonly subject: string;
  readonly values: MailValues;
};

/** The Message-ID of a mail: the same fact has the same id on every try, so the outside can tell a repeat. Source: RFC 5322, 3.6.4. */
export function messageIdOf(kind: MailKind, orderId: string, source = ''): string {
  return `<${kind}.${orderId}${source === '' ? '' : `.${source}`}@mail.tandem.example>`;
}

/** `{ amount: 1999, currency: 'EUR' }` → `€19.99`; exact, however large. */
export function shown({ amount, currency }: { readonly amount: number; readonly currency: Currency }): string {
  const decimal = toDecimal(money(BigInt(amount), currency)) as Intl.StringNumericLiteral;
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(decimal);
}
