import type { Tx } from '@tandem/kernel';
import type { MailKind } from './mail-kind.js';

export type DeliveryFacts = {
  readonly orderId: string;
  readonly kind: MailKind;
  readonly source: string;
  readonly messageId: string;
  readonly recipient: string;
  /** What the inbox shows. */
  readonly title: string;
  /** Whose order it is, a UUID; null when the event does not say: then the order's confirmation knows. */
  readonly ownerId: string | null;
};

/** `token` switches mails of this topic off. `withheld`: its owner does not want it; it stands in the inbox only. */
export type Planned = { readonly kind: 'first-try' | 'tried-before' | 'already-ended' | 'withheld'; readonly token: string };

export type Delivery = Pick<DeliveryFacts, 'orderId' | 'kind' | 'source' | 'messageId' | 'recipient'> & {
  readonly status: 'sending' | 'sent' | 'rejected' | 'withheld';
  readonly at: Date;
};

/** Which message is on its way or was sent. */
export type DeliveryLedger = {
  /** Writes `sending`, or counts one more try; `withheld` for a mail that is not wanted. */
  plan(tx: Tx, delivery: DeliveryFacts): Promise<Planned>;
  end(tx: Tx, messageId: string, status: 'sent'): Promise<void>;
  /** Outside any transaction: it must survive the message being given up. */
  reject(messageId: string, because: string): Promise<void>;
  ofOrder(orderId: string): Promise<readonly Delivery[]>;
};
