import type { CustomerId } from '@tandem/kernel';

/** A guest has no e-mail and no password; staff works for the shop. */
export type AccountKind = 'guest' | 'customer' | 'staff';

/** The languages the shop speaks. */
export type Locale = 'de' | 'en' | 'fr';

export type Principal = { readonly id: CustomerId; readonly kind: AccountKind };

export type Account = Principal & { readonly email: string | null; readonly name: string | null; readonly locale: Locale };

/** An account that can log in. */
export type Registered = Account & { readonly email: string; readonly kind: 'customer' | 'staff' };

/** What e-mails are compared by: one account per address, in any case. */
export function emailKeyOf(email: string): string {
  return email.normalize('NFC').toLowerCase();
}

/** A language of the shop; English for any other. */
export function localeOf(text: string): Locale {
  return text === 'de' || text === 'fr' ? text : 'en';
}
