import type { Tx } from '@tandem/kernel';
import type { Locale } from './texts/texts.js';

/** One address is followed for at most this often at a time: whoever follows may name any address. */
export const mostFollows = 100;

/** Somebody who wants to hear of a product. Ids are UUIDs. */
export type Follow = {
  readonly ownerId: string;
  readonly email: string;
  readonly locale: Locale;
  readonly product: { readonly id: string; readonly title: string; readonly slug: string; readonly variantIds: readonly string[] };
};

/** One mail that is owed. `attempts` counts this one. */
export type Telling = {
  readonly id: string;
  readonly eventId: string;
  readonly productId: string;
  readonly ownerId: string;
  readonly email: string;
  readonly locale: Locale;
  readonly title: string;
  readonly slug: string;
  readonly attempts: number;
};

export type Told = { readonly id: string; readonly outcome: { readonly kind: 'sent' } | { readonly kind: 'rejected'; readonly because: string } | { readonly kind: 'again'; readonly afterMs: number } };

/** Who follows what, and what is owed to them for it. */
export type Followers = {
  /** Following again changes address and language. False, and nothing done, when the address has as many as there may be. */
  follow(tx: Tx, follow: Follow): Promise<boolean>;
  unfollow(ownerId: string, productId: string): Promise<void>;
  /** Each address that follows the variant's product is owed a mail, and follows it no more: one statement, so no address is owed two. Answers how many. */
  owe(tx: Tx, variantId: string, eventId: string): Promise<number>;
  /** Due mails, `sending` and leased to the caller; what a dead process had in hand is due again after its lease. */
  take(limit: number): Promise<readonly Telling[]>;
  end(told: readonly Told[]): Promise<void>;
  nextDueMs(): Promise<number | null>;
};
