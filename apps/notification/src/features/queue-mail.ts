import { uuidOf } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import { done, type Handled, ignored, type Message } from '@tandem/messaging';
import type { DeliveryLedger } from '../domain/delivery-ledger.js';
import { type Mail, messageIdOf } from '../domain/mail.js';
import type { MailKind } from '../domain/mail-kind.js';

export type MailOrder = {
  readonly mail: Mail<MailKind>;
  /** Public order id. */
  readonly orderId: string;
  /** Public id of whose order it is, where the event says so. */
  readonly ownerId?: string | null;
  /** Tells several mails of one kind apart: a refund's id, a shipment's. */
  readonly source?: string;
  /** The invoice goes with it, if it is ready when the mail is sent. */
  readonly attachesInvoice?: boolean;
  readonly cause: Pick<Message, 'id' | 'type'>;
};

/**
 * Queues one mail per fact, by what it is made from, in the transaction that takes the fact in: it stands in the inbox at once and goes out beside
 * (`SendMails`). One that its owner does not want is noted and not sent.
 */
export class QueueMail {
  constructor(private readonly ledger: Pick<DeliveryLedger, 'plan'>) {}

  async run(tx: Tx, { mail, orderId, ownerId, source = '', attachesInvoice = false, cause }: MailOrder): Promise<Handled> {
    const { kind, to, subject, locale, values } = mail;
    const planned = await this.ledger.plan(tx, {
      orderId: uuidOf('order', orderId),
      kind,
      source,
      messageId: messageIdOf(kind, orderId, source),
      to,
      subject,
      ownerId: ownerId ? uuidOf('customer', ownerId) : null,
      facts: { locale, values, attachesInvoice, cause: { type: cause.type, id: cause.id } },
    });
    switch (planned) {
      case 'queued':
        return done;
      case 'sent-already':
        return ignored('sent-already');
      case 'withheld':
        return ignored('not-wanted');
    }
  }
}
