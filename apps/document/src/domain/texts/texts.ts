import type { DocumentKind, Locale } from '../facts.js';
import { de } from './de.js';
import { en } from './en.js';
import { fr } from './fr.js';

/** Every word of a document in one language. */
export type Texts = {
  readonly titles: Readonly<Record<DocumentKind, string>>;
  readonly number: string;
  readonly date: string;
  readonly order: string;
  readonly delivery: string;
  readonly invoice: string;
  readonly reason: string;
  /** Reasons that an order gives by a word for programs; all others are somebody's own words. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly to: string;
  readonly article: string;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly discount: string;
  readonly amount: string;
  readonly weight: string;
  readonly subtotal: string;
  readonly discounts: string;
  readonly shipping: string;
  readonly addedTax: string;
  readonly total: string;
  readonly refunded: string;
  readonly packages: string;
  readonly taxRate: string;
  readonly net: string;
  readonly tax: string;
  readonly gross: string;
  readonly paid: string;
  readonly noTax: string;
  readonly page: (page: number, pages: number) => string;
};

const languages: Readonly<Record<Locale, Texts>> = { de, en, fr };

export function textsIn(locale: Locale): Texts {
  return languages[locale];
}
