import { setTimeout as sleep } from 'node:timers/promises';
import { NotificationSentV1 } from '@tandem/contracts';
import { createTicker, type Ticker, toPublicId } from '@tandem/host';
import type { Database, Now } from '@tandem/kernel';
import { type Outbox, Unavailable } from '@tandem/messaging';
import type { Logger } from 'pino';
import type { DeliveryLedger, Ended, QueuedMail } from '../domain/delivery-ledger.js';
import type { Mail } from '../domain/mail.js';
import { isAboutMoney } from '../domain/mail-kind.js';
import { type FindInvoice, isUnanswered, type MailTransport } from '../domain/mail-transport.js';

/** Fills the template of a mail. The same `version` is the same text, but for the values. */
export type RenderMail = (mail: Mail) => { readonly html: string; readonly text: string; readonly version: string };

/** Mails in hand at a time, each of another order. */
const slots = 4;
/** Between two looks, milliseconds; in between it is known when something becomes due. */
const pause = { shortest: 250, longest: 15_000, whileAway: 5_000 } as const;
/**
 * What a dead process had in hand is due again after this, milliseconds; a live one renews it. Where the server cannot be asked it must have had
 * the time to take the mail or not. Source: RFC 5321, 4.5.3.2.6.
 */
const lease = { ms: 10_000, renewMs: 3_000, unaskableMs: 660_000 } as const;
/** A mail that cannot go now is tried again after this, twice as long each time, until it is old. Milliseconds. */
const retry = { firstMs: 5_000, longestMs: 600_000, forMs: 48 * 3_600_000 } as const;

type Parts = {
  readonly ledger: DeliveryLedger;
  readonly transport: MailTransport;
  readonly findInvoice: FindInvoice;
  /** Where mails like the one with this token are switched off by one POST. */
  readonly unsubscribeUrl: (token: string) => string;
  readonly database: Database;
  readonly outbox: Outbox;
  readonly now: Now;
  readonly logger: Pick<Logger, 'warn' | 'info'>;
};

/**
 * Sends the mails of orders, each once, those of one order one after the other: `sending` is committed before the server hears of a mail, and a later
 * try first asks the server whether it has it. Where it cannot be asked, a crash between its yes and our commit sends the mail again
 * (docs/reference/mail.md). Each mail has a slot of its own, so that one the server is slow to answer holds up its order and no other.
 */
export class SendMails {
  readonly name = 'order mails';
  private readonly ticker: Ticker;
  private readonly inHand = new Map<string, Promise<void>>();
  private readonly leaseMs: number;
  private isStopped = true;
  private awayUntilMs = 0;
  private heldAtMs = 0;
  private looks = 0;
  /** When something is due that nobody will wake us for, and when that is looked up again: what dead processes leave is found within `pause.longest`. */
  private readonly known = { dueAtMs: Infinity, untilMs: 0 };

  constructor(private readonly parts: Parts) {
    this.leaseMs = parts.transport.find ? lease.ms : lease.unaskableMs;
    this.ticker = createTicker({ everyMs: pause.longest, work: () => this.look(), onError: (error) => this.failed(error) });
  }

  start(): Promise<void> {
    this.isStopped = false;
    this.ticker.start();
    return Promise.resolve();
  }

  /** Takes no more; resolves once what is in hand has ended. What has not by then is found by the next process. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.ticker.stop();
    await this.hold().catch((error: unknown) => this.failed(error));
    await Promise.all(this.inHand.values());
  }

  /** Looks for what is due, at once or after the look that is under way. */
  wake(): void {
    this.ticker.wake();
  }

  /** Answers in how many milliseconds to look again. */
  private async look(): Promise<number> {
    if (performance.now() - this.heldAtMs >= lease.renewMs) await this.hold().catch((error: unknown) => this.failed(error));
    const longestMs = this.inHand.size > 0 ? lease.renewMs : pause.longest;
    const awayMs = this.awayUntilMs - performance.now();
    if (awayMs > 0) return Math.min(awayMs, longestMs);
    try {
      return Math.min(await this.takeUp(), longestMs);
    } catch (error) {
      this.failed(error);
      return Math.min(pause.whileAway, longestMs);
    }
  }

  /** Fills the free slots; answers in how many milliseconds more is due. One that becomes free looks by itself, if there may be something for it: all were taken, or something has come since. */
  private async takeUp(): Promise<number> {
    const { ledger } = this.parts;
    const free = slots - this.inHand.size;
    if (free === 0 || this.isStopped) return pause.longest;
    const look = ++this.looks;
    const taken = await ledger.take(free, this.leaseMs, [...this.inHand.keys()]);
    const isFull = taken.length === free;
    for (const mail of taken) {
      const sending = this.send(mail).finally(() => {
        this.inHand.delete(mail.id);
        if (isFull || this.looks !== look) this.wake();
      });
      this.inHand.set(mail.id, sending);
    }
    if (isFull) return lease.renewMs;
    const nowMs = performance.now();
    if (nowMs >= Math.min(this.known.untilMs, this.known.dueAtMs)) {
      this.known.dueAtMs = nowMs + ((await ledger.nextDueMs([...this.inHand.keys()])) ?? Infinity);
      this.known.untilMs = nowMs + pause.longest - pause.shortest;
    }
    return Math.max(this.known.dueAtMs - nowMs, pause.shortest);
  }

  private async later(mail: QueuedMail, afterMs: number, because: string): Promise<void> {
    await this.parts.ledger.putOff(mail.id, afterMs, because);
    this.known.dueAtMs = Math.min(this.known.dueAtMs, performance.now() + afterMs);
    this.wake(); // to set the clock anew
  }

  private async hold(): Promise<void> {
    this.heldAtMs = performance.now();
    if (this.inHand.size > 0) await this.parts.ledger.hold([...this.inHand.keys()], this.leaseMs);
  }

  /** Never rejects: what it cannot note is due again after its lease. */
  private async send(mail: QueuedMail): Promise<void> {
    const settle = await this.attempt(mail).then(
      (ended) => () => this.settle(mail, ended),
      (error: unknown) => () => this.putOff(mail, error),
    );
    for (;;) {
      try {
        return await settle();
      } catch (error) {
        this.failed(error);
        if (this.isStopped) return;
        await sleep(1_000); // the database is away, the server's answer is not forgotten meanwhile
      }
    }
  }

  private async attempt({ mail: { attachesInvoice, ...mail }, kind, token, orderId, attempts }: QueuedMail): Promise<Ended> {
    const { transport, findInvoice, unsubscribeUrl } = this.parts;
    if (attempts > 1 && transport.find && (await transport.find(mail.messageId)))
      return { status: 'sent', because: 'found in the mailbox' };
    const optOut = isAboutMoney(kind)
      ? {}
      : { 'List-Unsubscribe': `<${unsubscribeUrl(token)}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
    const invoice = attachesInvoice ? await findInvoice(toPublicId('order', orderId)) : undefined;
    const { kind: answer, because = '' } = await transport.send({
      ...mail,
      headers: { ...mail.headers, ...optOut },
      ...(invoice ? { attachments: [invoice] } : {}),
    });
    return { status: answer === 'accepted' ? 'sent' : 'bounced', because };
  }

  private async settle({ id, kind, orderId, mail: { messageId } }: QueuedMail, ended: Ended): Promise<void> {
    const { database, ledger, outbox, now, logger } = this.parts;
    if (ended.status !== 'sent') logger.warn({ messageId, ...ended }, 'a mail is given up');
    await database.transaction(async (tx) => {
      const isNews = await ledger.end(tx, id, ended);
      if (!isNews || ended.status !== 'sent') return;
      const sent = { orderId: toPublicId('order', orderId), channel: 'email', kind, messageId, at: now().toISOString() } as const;
      await outbox.enqueue(tx, NotificationSentV1, sent);
    });
  }

  private async putOff(mail: QueuedMail, error: unknown): Promise<void> {
    const { now, logger } = this.parts;
    const because = error instanceof Error ? error.message : String(error);
    if (error instanceof Unavailable) {
      if (this.awayUntilMs <= performance.now()) logger.warn({ err: error }, 'mails wait: the server is away');
      this.awayUntilMs = performance.now() + pause.whileAway;
      return this.later(mail, pause.whileAway, because);
    }
    if (now().getTime() - mail.createdAt.getTime() >= retry.forMs) return this.settle(mail, { status: 'failed', because });
    const afterMs = isUnanswered(error) ? lease.unaskableMs : Math.min(retry.firstMs * 2 ** (mail.attempts - 1), retry.longestMs);
    return this.later(mail, afterMs, because);
  }

  private failed(error: unknown): void {
    this.parts.logger.warn({ err: error }, 'mails could not be looked after; trying again');
  }
}
