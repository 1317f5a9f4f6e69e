import { type Currency, money, toDecimal } from '@tandem/kernel';
import type { Locale } from './texts/texts.js';

type Amount = { readonly amount: number; readonly currency: Currency };

/** Shows amounts as a language writes them: `{ amount: 1999, currency: 'EUR' }` → `€19.99`, `19,99 €`. Exact, however large. */
export type ShowAmount = (locale: Locale, amount: Amount) => string;

/** A format takes longer to make than to use, so each of a language and a currency is made once. */
export function amounts(): ShowAmount {
  const formats = new Map<string, Intl.NumberFormat>();
  const formatOf = (locale: Locale, currency: Currency): Intl.NumberFormat => {
    const known = formats.get(locale + currency);
    if (known) return known;
    const made = new Intl.NumberFormat(locale, { style: 'currency', currency });
    formats.set(locale + currency, made);
    return made;
  };
  return (locale, { amount, currency }) =>
    formatOf(locale, currency).format(toDecimal(money(BigInt(amount), currency)) as Intl.StringNumericLiteral);
}
