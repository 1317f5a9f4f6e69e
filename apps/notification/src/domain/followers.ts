import type { Tx } from '@tandem/kernel';
import type { NewsFacts } from './news.js';
import type { Locale } from './texts/texts.js';

/** One address is followed for at most this often at a time: whoever follows may name any address. */
export const mostFollows = 100;

/** Somebody who wants to hear of a product. Ids are UUIDs. */
export type Follow = {
  readonly ownerId: string;
  readonly email: string;
  /** The address is that of the account that follows, so that nobody else can speak for it. */
  readonly isOwn: boolean;
  readonly locale: Locale;
  readonly product: { readonly id: string; readonly title: string; readonly slug: string; readonly variantIds: readonly string[] };
};

export type Following = 'followed' | 'follows-too-much' | 'unsubscribed';

/** A variant that had run out and can be bought again since `at`. */
export type Return = { readonly variantId: string; readonly eventId: string; readonly at: Date };

/** Who follows what, and what is owed to them for it. */
export type Followers = {
  /**
   * Following again changes address and language. Nothing is done when the address has as many as there may be, or said in a mail that it wants
   * no more of them. An account that follows to its own address takes that back, and its follows are counted without those of others.
   */
  follow(tx: Tx, follow: Follow): Promise<Following>;
  unfollow(ownerId: string, productId: string): Promise<void>;
  /**
   * Each address that follows the variant's product is owed a mail, and follows it no more: one statement, so no address is owed two. Who began to
   * follow more than a minute after the fact goes on following: they saw the product as it was then. Answers how many.
   */
  owe(tx: Tx, back: Return): Promise<number>;
  /** Each address that follows a product is owed word of its lower price, and goes on following; drops within an hour are one. Answers how many. */
  oweCheaper(tx: Tx, drop: { readonly productId: string; readonly eventId: string; readonly facts: NewsFacts }): Promise<number>;
};
