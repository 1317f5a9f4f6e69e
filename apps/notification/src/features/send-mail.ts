import { NotificationSentV1 } from '@tandem/contracts';
import { uuidOf } from '@tandem/host';
import type { Now, Tx } from '@tandem/kernel';
import { done, effect, type Handled, ignored, type Message, type Outbox, poison } from '@tandem/messaging';
import type { DeliveryLedger } from '../domain/delivery-ledger.js';
import { type Mail, messageIdOf } from '../domain/mail.js';
import { isAboutMoney, type MailKind } from '../domain/mail-kind.js';
import type { FindInvoice, MailTransport, OutgoingMail, Sending } from '../domain/mail-transport.js';

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

/** Fills the template of a mail. */
export type RenderMail = (mail: Mail) => { readonly html: string; readonly text: string };

type Parts = {
  readonly ledger: DeliveryLedger;
  readonly transport: MailTransport;
  readonly render: RenderMail;
  readonly findInvoice: FindInvoice;
  /** Where mails like the one with this token are switched off by one POST. */
  readonly unsubscribeUrl: (token: string) => string;
  readonly outbox: Outbox;
  readonly now: Now;
};

/**
 * Sends one mail per fact: `sending` is committed before the server hears of it, and a later try first asks the server whether it has the
 * message. Where it cannot be asked, a crash between its yes and our commit sends the mail again (docs/reference/mail.md). One that its owner does not want is noted and not sent; mails of which the owner may say so carry RFC 8058's headers.
 */
export class SendMail {
  constructor(private readonly parts: Parts) {}

  async run(tx: Tx, order: MailOrder): Promise<Handled> {
    const { mail, orderId, ownerId, source = '' } = order;
    const { kind, to: recipient, subject: title } = mail;
    const messageId = messageIdOf(kind, orderId, source);
    const owner = ownerId ? uuidOf('customer', ownerId) : null;
    const planned = await this.parts.ledger.plan(tx, {
      orderId: uuidOf('order', orderId),
      kind,
      source,
      messageId,
      recipient,
      title,
      ownerId: owner,
    });
    if (planned.kind === 'already-ended') return ignored('sent-already');
    if (planned.kind === 'withheld') return ignored('not-wanted');
    const outgoing = this.outgoing(order, { messageId, token: planned.token });
    return effect(
      () => this.send(order, outgoing, planned.kind === 'tried-before'),
      (settling, sending) => this.settle(settling, order, { messageId, sending }),
    );
  }

  private outgoing({ mail, orderId, cause }: MailOrder, { messageId, token }: { messageId: string; token: string }): OutgoingMail {
    const headers = { 'X-Tandem-Event-Type': cause.type, 'X-Tandem-Event-Id': cause.id, 'X-Tandem-Order-Id': orderId };
    const optOut = isAboutMoney(mail.kind)
      ? {}
      : { 'List-Unsubscribe': `<${this.parts.unsubscribeUrl(token)}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
    return { messageId, to: mail.to, subject: mail.subject, headers: { ...headers, ...optOut }, ...this.parts.render(mail) };
  }

  private async send({ attachesInvoice, orderId }: MailOrder, outgoing: OutgoingMail, wasTried: boolean): Promise<Sending> {
    const { transport, ledger, findInvoice } = this.parts;
    if (wasTried && transport.find && (await transport.find(outgoing.messageId))) return { kind: 'accepted' };
    const invoice = attachesInvoice ? await findInvoice(orderId) : undefined;
    const sending = await transport.send({ ...outgoing, ...(invoice ? { attachments: [invoice] } : {}) });
    if (sending.kind === 'rejected') await ledger.reject(outgoing.messageId, sending.because);
    return sending;
  }

  private async settle(tx: Tx, { mail, orderId }: MailOrder, { messageId, sending }: { messageId: string; sending: Sending }) {
    if (sending.kind === 'rejected') return poison(sending.because);
    await this.parts.ledger.end(tx, messageId, 'sent');
    await this.parts.outbox.enqueue(tx, NotificationSentV1, {
      orderId,
      channel: 'email',
      kind: mail.kind,
      messageId,
      at: this.parts.now().toISOString(),
    });
    return done;
  }
}
