import type { Tx } from '@tandem/kernel';
import type { MailKind } from './mail.js';

export type DeliveryFacts = { readonly orderId: string; readonly kind: MailKind; readonly source: string; readonly messageId: string; readonly recipient: string };
export type Planned = { readonly kind: 'first-try' | 'tried-before' | 'already-ended' };

export type Delivery = DeliveryFacts & { readonly status: 'sending' | 'sent' | 'rejected'; readonly at: Date };

/** Which message is on its way or was sent. */
export type DeliveryLedger = {
  /** Writes `sending`, or counts one more try. */
  plan(tx: Tx, delivery: DeliveryFacts): Promise<Planned>;
  end(tx: Tx, messageId: string, status: 'sent'): Promise<void>;
  /** Outside any transaction: it must survive the message being given up. */
  reject(messageId: string, because: string): Promise<void>;
  ofOrder(orderId: string): Promise<readonly Delivery[]>;
};
