import type { SmsKind } from './sms.js';
import { texts } from './texts/index.js';
import { filled, type Locale } from './texts/texts.js';

/** What a text message says. Of amounts the spaces become ordinary ones: with any other the message is worth two and more. Source: 3GPP TS 23.038, 6.2.1. */
export function smsText(kind: SmsKind, locale: Locale, { number, amount }: { readonly number: string; readonly amount: string }): string {
  return filled(texts[locale].sms[kind], { number, amount: amount.replace(/\s/g, ' ') });
}
