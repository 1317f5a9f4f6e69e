import type { MailKind, MailTemplate } from './mail-kind.js';
import type { Locale } from './texts/texts.js';

/** Values a template is filled with. They are escaped when they are filled in. */
export type MailValues = { readonly [name: string]: string | MailValues | readonly MailValues[] };

export type Mail<Kind extends MailTemplate = MailTemplate> = {
  readonly kind: Kind;
  readonly to: string;
  readonly locale: Locale;
  readonly subject: string;
  readonly values: MailValues;
};

/** The Message-ID of a mail: the same fact has the same id on every try, so the outside can tell a repeat. Source: RFC 5322, 3.6.4. */
export function messageIdOf(kind: MailKind, orderId: string, source = ''): string {
  return `<${kind}.${orderId}${source === '' ? '' : `.${source}`}@mail.tandem.example>`;
}
