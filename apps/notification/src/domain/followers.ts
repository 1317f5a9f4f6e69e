import type { Tx } from '@tandem/kernel';
import type { NewsFacts } from './news.js';
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

/** Who follows what, and what is owed to them for it. */
export type Followers = {
  /** Following again changes address and language. False, and nothing done, when the address has as many as there may be. */
  follow(tx: Tx, follow: Follow): Promise<boolean>;
  unfollow(ownerId: string, productId: string): Promise<void>;
  /** Each address that follows the variant's product is owed a mail, and follows it no more: one statement, so no address is owed two. Answers how many. */
  owe(tx: Tx, variantId: string, eventId: string): Promise<number>;
  /** Each address that follows a product is owed word of its lower price, and goes on following; drops within an hour are one. Answers how many. */
  oweCheaper(tx: Tx, drop: { readonly productId: string; readonly eventId: string; readonly facts: NewsFacts }): Promise<number>;
};
