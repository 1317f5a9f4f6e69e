import type { Tx } from '@tandem/kernel';
import type { MailKind, Preferences } from './mail-kind.js';

/** What somebody was told, as the shop itself shows it. Ids are UUIDs. */
export type Notice = { readonly id: string; readonly kind: MailKind; readonly orderId: string; readonly title: string; readonly at: Date; readonly readAt: Date | null };

export type NoticePage = { readonly notices: readonly Notice[]; readonly next: bigint | null };

/** The inbox of everybody, newest first; `before` is the last sequence of the page before. */
export type Inbox = {
  ofOwner(ownerId: string, before: bigint | null, limit: number): Promise<NoticePage>;
  /** Reading again changes nothing. `undefined` for what is not in this owner's inbox. */
  read(tx: Tx, ownerId: string, id: string): Promise<Notice | undefined>;
};

/** Who wants which mails. */
export type PreferenceStore = {
  of(ownerId: string): Promise<Preferences>;
  replace(ownerId: string, preferences: Preferences): Promise<void>;
  /** Switches the topic of a mail off for its owner and its address; false when the token is none of ours. */
  unsubscribe(token: string): Promise<boolean>;
};
