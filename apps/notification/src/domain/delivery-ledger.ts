import type { Tx } from '@tandem/kernel';
import type { Mail } from './mail.js';
import type { MailKind } from './mail-kind.js';
import type { OutgoingMail } from './mail-transport.js';
import type { WorkQueue } from './work-queue.js';

/** What a mail is made from when it goes, beside what its row says anyway; the invoice is asked for then, too. */
export type MailFacts = Pick<Mail, 'locale' | 'values'> & {
  readonly attachesInvoice: boolean;
  /** The event it is because of. */
  readonly cause: { readonly type: string; readonly id: string };
};

/** A mail as a release before left it: written when its fact was heard of. */
export type WrittenMail = Omit<OutgoingMail, 'attachments'> & { readonly attachesInvoice: boolean };

export type DeliveryFacts = {
  readonly orderId: string;
  readonly kind: MailKind;
  readonly source: string;
  readonly messageId: string;
  readonly to: string;
  /** What the inbox shows as well. */
  readonly subject: string;
  /** Whose order it is, a UUID; null when the event does not say: then the order's confirmation knows. */
  readonly ownerId: string | null;
  readonly facts: MailFacts;
};

/** `withheld`: its owner does not want it; it stands in the inbox only. */
export type Planned = 'queued' | 'sent-already' | 'withheld';

/** A mail in the hand of one process; `written` instead of `facts` if a release before queued it. `attempts` counts this one; `putOffMs`: how long its server has put it off; `token` switches mails of its topic off. Ids are UUIDs. */
export type QueuedMail = Pick<DeliveryFacts, 'orderId' | 'kind' | 'messageId' | 'to' | 'subject'> & {
  readonly id: string;
  readonly facts: MailFacts | null;
  readonly written: WrittenMail | null;
  readonly token: string;
  readonly attempts: number;
  readonly putOffMs: number;
};

/** What came of a try: `bounced` is refused for good, `failed` was put off for too long. `because` is what the server, or we, said; `putOffMs` what it has been put off in all, if that is more now. */
export type MailOutcome =
  | { readonly kind: 'sent' | 'bounced' | 'failed'; readonly because: string; readonly afterMs?: never }
  | { readonly kind: 'again'; readonly because: string; readonly afterMs: number; readonly putOffMs?: number };
/** `template`: the version of the text it was written by on this try, if it was. */
export type NotedMail = Pick<QueuedMail, 'id' | 'attempts'> & {
  readonly outcome: MailOutcome & { readonly template?: string | undefined };
};

/** That an operator had a mail sent again, to this address; `actor` is their public id. */
export type Resending = { readonly at: Date; readonly actor: string; readonly to: string; readonly reason: string };

export type Delivery = Pick<DeliveryFacts, 'orderId' | 'kind' | 'source' | 'messageId'> & {
  readonly id: string;
  readonly recipient: string;
  /** Oldest first. */
  readonly resendings: readonly Resending[];
  /** Version of the text it was written by last; empty before that. */
  readonly template: string;
  /** `rejected` is what `bounced` was called once. */
  readonly status: 'queued' | 'sending' | 'withheld' | 'rejected' | 'sent' | 'bounced' | 'failed';
  /** What was said of it last; empty before anything was. */
  readonly because: string;
  readonly at: Date;
};

export type Resent =
  | { readonly kind: 'queued'; readonly delivery: Delivery }
  | { readonly kind: 'not-ended-badly' | 'not-kept'; readonly delivery: Delivery }
  | { readonly kind: 'not-found' };

/** Which mails are to be sent, are on their way, or have ended. What is taken is `sending`, an order's mails one at a time and in their order. */
export type DeliveryLedger = WorkQueue<QueuedMail> & {
  /** Queues a mail once per fact, or notes it as `withheld`. One that was refused, or that a version without a queue left, is queued anew. */
  plan(tx: Tx, delivery: DeliveryFacts): Promise<Planned>;
  /** Ends mails, or puts them back into the queue, and forgets what some of those are made from that were given up 90 days ago; answers which of them were in hand. The next mail of an order, if one waits, can go from the commit on. */
  note(tx: Tx, tried: readonly NotedMail[]): Promise<readonly string[]>;
  /** Age of the oldest mail that has not ended; 0 without one. */
  oldestSeconds(): Promise<number>;
  ofOrder(orderId: string): Promise<readonly Delivery[]>;
  /** Queues a mail anew that was refused or given up, to another address if there is one, and notes who wanted that. `not-kept`: what it was made from is forgotten, after 90 days or by a release before. */
  resend(tx: Tx, id: string, wish: Omit<Resending, 'at' | 'to'> & { readonly to: string | null }): Promise<Resent>;
};
