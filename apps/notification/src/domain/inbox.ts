import type { Tx } from '@tandem/kernel';
import type { MailKind, Preferences } from './mail-kind.js';
import type { NewsKind } from './news.js';
import type { Timing } from './timing.js';

/** What somebody was told, as the shop itself shows it. Ids are UUIDs; `orderId` is null for news of no order. */
export type Notice = {
  readonly id: string;
  readonly kind: MailKind | NewsKind;
  readonly orderId: string | null;
  readonly title: string;
  readonly at: Date;
  readonly readAt: Date | null;
};

export type NoticePage = { readonly notices: readonly Notice[]; readonly next: bigint | null };

/** The inbox of everybody, newest first; `before` is the last sequence of the page before. */
export type Inbox = {
  ofOwner(ownerId: string, before: bigint | null, limit: number): Promise<NoticePage>;
  /** Reading again changes nothing. `undefined` for what is not in this owner's inbox. */
  read(tx: Tx, ownerId: string, id: string): Promise<Notice | undefined>;
};

/** Which messages somebody wants by another channel, and where it reaches them: `to` is a number of E.164. */
export type ChannelWishes = { readonly to: string; readonly topics: Preferences };

/** Which mails somebody wants, and when news may come; text messages where they have chosen some. */
export type Wishes = { readonly preferences: Preferences; readonly timing: Timing; readonly sms?: ChannelWishes | undefined };

/** Who wants which mails, and when. */
export type PreferenceStore = {
  of(ownerId: string): Promise<Wishes>;
  /** News that waits is not asked for again: it keeps the time it was given. Without `sms` what was chosen of it stays. */
  replace(ownerId: string, wishes: Wishes): Promise<void>;
  /** Switches the topic of a mail off for its owner and its address; false when the token is none of ours. */
  unsubscribe(token: string): Promise<boolean>;
  /** Whether `unsubscribe` would know the token. Changes nothing. */
  isOfMail(token: string): Promise<boolean>;
};
