import type { MailKind } from '../mail-kind.js';
import type { NewsKind } from '../news.js';
import type { SmsKind } from '../sms.js';

export const locales = ['de', 'en', 'fr'] as const;
export type Locale = (typeof locales)[number];

/** What a mail of every kind says; `subject` is also its title in the inbox. `{name}` stands for a value. */
export type MailTexts = { readonly subject: string; readonly [part: string]: string };

/** Every word of the mails and text messages in one language. Numbers and dates are not in here: those come from `Intl`. */
export type Texts = {
  readonly mails: Readonly<Record<MailKind | NewsKind, MailTexts>>;
  /** What a text message says, in the letters of its alphabet, so that it is one message (`sms-text.spec.ts`). */
  readonly sms: Readonly<Record<SmsKind, string>>;
  /** Why an order was cancelled, by what order calls it; a shopper's own words have no entry and are shown as they are. */
  readonly reasons: Readonly<Record<string, string>>;
  /** Below every mail about an order. */
  readonly why: string;
};

/** Puts values in place of their `{name}`s. An unknown name stays, so that a test sees it. */
export function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{([a-zA-Z]+)\}/g, (whole, name: string) => values[name] ?? whole);
}
