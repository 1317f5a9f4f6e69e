import { NotificationSentV1 } from '@tandem/contracts';
import { uuidOf } from '@tandem/host';
import type { Now, Tx } from '@tandem/kernel';
import { done, effect, type Handled, ignored, type Message, type Outbox, poison } from '@tandem/messaging';
import type { DeliveryLedger } from '../domain/delivery-ledger.js';
import { type Mail, messageIdOf } from '../domain/mail.js';
import type { MailTransport, OutgoingMail, Sending } from '../domain/mail-transport.js';

export type MailOrder = {
  readonly mail: Mail;
  /** Public order id. */
  readonly orderId: string;
  /** Tells several mails of one kind apart: a refund's id. */
  readonly source?: string;
  readonly cause: Pick<Message, 'id' | 'type'>;
};

type Parts = {
  readonly ledger: DeliveryLedger;
  readonly transport: MailTransport;
  readonly render: (mail: Mail) => { readonly html: string; readonly text: string };
  readonly outbox: Outbox;
  readonly now: Now;
};

/**
 * Sends one mail per fact: `sending` is committed before the server hears of it, and a later try first asks the server whether it has the
 * message. Where it cannot be asked, a crash between its yes and our commit sends the mail again (docs/reference/mail.md).
 */
export class SendMail {
  constructor(private readonly parts: Parts) {}

  async run(tx: Tx, order: MailOrder): Promise<Handled> {
    const { mail, orderId, source = '' } = order;
    const messageId = messageIdOf(mail.kind, orderId, source);
    const planned = await this.parts.ledger.plan(tx, { orderId: uuidOf('order', orderId), kind: mail.kind, source, messageId, recipient: mail.to });
    if (planned.kind === 'already-ended') return ignored('sent-already');
    const outgoing = this.outgoing(order, messageId);
    return effect(
      () => this.send(outgoing, planned.kind === 'tried-before'),
      (settling, sending) => this.settle(settling, order, { messageId, sending }),
    );
  }

  private outgoing({ mail, orderId, cause }: MailOrder, messageId: string): OutgoingMail {
    const headers = { 'X-Tandem-Event-Type': cause.type, 'X-Tandem-Event-Id': cause.id, 'X-Tandem-Order-Id': orderId };
    return { messageId, to: mail.to, subject: mail.subject, headers, ...this.parts.render(mail) };
  }

  private async send(outgoing: OutgoingMail, wasTried: boolean): Promise<Sending> {
    const { transport, ledger } = this.parts;
    if (wasTried && transport.find && (await transport.find(outgoing.messageId))) return { kind: 'accepted' };
    const sending = await transport.send(outgoing);
    if (sending.kind === 'rejected') await ledger.reject(outgoing.messageId, sending.because);
    return sending;
  }

  private async settle(tx: Tx, { mail, orderId }: MailOrder, { messageId, sending }: { messageId: string; sending: Sending }) {
    if (sending.kind === 'rejected') return poison(sending.because);
    await this.parts.ledger.end(tx, messageId, 'sent');
    await this.parts.outbox.enqueue(tx, NotificationSentV1, { orderId, channel: 'email', kind: mail.kind, messageId, at: this.parts.now().toISOString() });
    return done;
  }
}
