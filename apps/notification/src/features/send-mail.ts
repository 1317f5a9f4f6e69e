import { NotificationSentV1 } from '@tandem/contracts';
import { toPublicId } from '@tandem/host';
import type { Database, Now } from '@tandem/kernel';
import { type Outbox, Unavailable } from '@tandem/messaging';
import type { Logger } from 'pino';
import type { DeliveryLedger, MailOutcome, NotedMail, QueuedMail, WrittenMail } from '../domain/delivery-ledger.js';
import { type Lease, leaseOfMails } from '../domain/lease.js';
import type { Mail } from '../domain/mail.js';
import { isAboutMoney } from '../domain/mail-kind.js';
import type { FindInvoice, MailTransport } from '../domain/mail-transport.js';
import { putOff } from '../domain/put-off.js';
import { type IsAway, type Tried, triesOf, whileAwayMs, type Work } from './queue-worker.js';

/** Fills the template of a mail. The same `version` is the same text, but for the values. */
export type RenderMail = (mail: Mail) => { readonly html: string; readonly text: string; readonly version: string };

/** A mail that its server puts off is tried again after this, twice as long each time, milliseconds. */
const retry = { firstMs: 5_000, longestMs: 600_000 } as const;

/** Mails in hand at a time, and slow ones beside them. */
const [atATime, slowBeside] = [4, 12];
/** Mails in hand at most, each on a connection of its own: all of them are asked about after a crash. */
export const mailsInHand = atATime + slowBeside;

type Parts = {
  readonly ledger: DeliveryLedger;
  readonly transport: MailTransport;
  readonly render: RenderMail;
  readonly findInvoice: FindInvoice;
  /** Where mails like the one with this token are switched off by one POST. */
  readonly unsubscribeUrl: (token: string) => string;
  readonly database: Database;
  readonly outbox: Outbox;
  readonly now: Now;
  readonly logger: Pick<Logger, 'warn'>;
};

type Outcome = NotedMail['outcome'];

/**
 * Sends the mails of orders, each once, those of one order one after the other: `sending` is committed before the server hears of a mail, and a later
 * try first asks the server whether it has it. Where it cannot be asked, a crash between its yes and our commit sends the mail again
 * (docs/reference/mail.md). One that the server is slow to answer holds up its order and no other.
 */
export class SendMails implements Work<QueuedMail, Outcome> {
  readonly name = 'order mails';
  readonly slots = atATime;
  readonly mostSlow = slowBeside;
  readonly lease: Lease;
  readonly done = 'sent';
  readonly queue: DeliveryLedger;

  constructor(private readonly parts: Parts) {
    this.queue = parts.ledger;
    this.lease = leaseOfMails(parts.transport);
  }

  async attempt(mail: QueuedMail, isAway: IsAway): Promise<Outcome> {
    const { transport } = this.parts;
    try {
      if (mail.attempts > 1 && transport.find && (await transport.find(mail.messageId)))
        return { kind: 'sent', because: 'found in the mailbox' };
      const { template, ...written } = this.write(mail);
      const outcome = await this.send(mail, written).catch((error: unknown) => this.later(mail, error, isAway));
      return { ...outcome, template };
    } catch (error) {
      return this.later(mail, error, isAway);
    }
  }

  /** Whatever was sent is told of in the transaction that says so. */
  async note(tried: readonly Tried<QueuedMail, Outcome>[]): Promise<void> {
    const { database, outbox, now, logger } = this.parts;
    for (const { item, outcome } of tried)
      if (outcome.kind === 'bounced' || outcome.kind === 'failed')
        logger.warn({ messageId: item.messageId, ...outcome }, 'a mail is given up');
    await database.transaction(async (tx) => {
      const noted = await this.queue.note(tx, triesOf(tried));
      for (const { item, outcome } of tried) {
        if (outcome.kind !== 'sent' || !noted.includes(item.id)) continue;
        const { kind, messageId } = item;
        const sent = { orderId: toPublicId('order', item.orderId), channel: 'email', kind, messageId, at: now().toISOString() } as const;
        await outbox.enqueue(tx, NotificationSentV1, sent);
      }
    });
  }

  /** What a release before wrote goes as it is: its row knows the version. */
  private write({ kind, orderId, to, subject, facts, written }: QueuedMail): Omit<WrittenMail, 'to' | 'messageId'> & { template?: string } {
    if (!facts) {
      if (!written) throw new Error(`nothing is to be sent of ${kind} of the order ${orderId}`);
      return written;
    }
    const { locale, values, attachesInvoice, cause } = facts;
    const { html, text, version } = this.parts.render({ kind, to, locale, subject, values });
    const headers = { 'X-Tandem-Event-Type': cause.type, 'X-Tandem-Event-Id': cause.id, 'X-Tandem-Order-Id': toPublicId('order', orderId) };
    return { subject, html, text, headers, attachesInvoice, template: version };
  }

  private async send(
    { kind, token, orderId, to, messageId }: QueuedMail,
    { attachesInvoice, headers, subject, html, text }: Omit<WrittenMail, 'to' | 'messageId'>,
  ): Promise<MailOutcome> {
    const { transport, findInvoice, unsubscribeUrl } = this.parts;
    const optOut = isAboutMoney(kind)
      ? {}
      : { 'List-Unsubscribe': `<${unsubscribeUrl(token)}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
    const invoice = attachesInvoice ? await findInvoice(toPublicId('order', orderId)) : undefined;
    const { kind: answer, because = '' } = await transport.send({
      messageId,
      to,
      subject,
      html,
      text,
      headers: { ...headers, ...optOut },
      ...(invoice ? { attachments: [invoice] } : {}),
    });
    return { kind: answer === 'accepted' ? 'sent' : 'bounced', because };
  }

  /** Only answers that mean this mail count, whatever came before them: no mail is given up for a server that is away, or says so of it alone. */
  private later({ putOffMs }: QueuedMail, error: unknown, isAway: IsAway): MailOutcome {
    const because = error instanceof Error ? error.message : String(error);
    if (isAway(error)) return { kind: 'again', because, afterMs: whileAwayMs };
    const patientMs = Math.min(Math.max(putOffMs, retry.firstMs), retry.longestMs);
    if (error instanceof Unavailable)
      return { kind: 'again', because, afterMs: patientMs, putOffMs: Math.max(putOffMs, Math.min(putOffMs + patientMs, retry.longestMs)) };
    const puttingOff = putOff(putOffMs, error, patientMs);
    return puttingOff.kind === 'again' ? { ...puttingOff, because } : { kind: 'failed', because };
  }
}
