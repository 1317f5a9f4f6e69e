import { createTicker, type Ticker, toPublicId } from '@tandem/host';
import type { Now } from '@tandem/kernel';
import { Unavailable } from '@tandem/messaging';
import type { Logger } from 'pino';
import type { ShowAmount } from '../domain/amounts.js';
import type { MailTransport } from '../domain/mail-transport.js';
import { type News, type NewsKind, type Telling, type Told, wantedOf } from '../domain/news.js';
import { leaving } from '../domain/timing.js';
import { InHand } from './in-hand.js';
import { newsMail } from './news-mail.js';
import type { RenderMail } from './send-mail.js';

/** Mails taken together, and how many such lots are under way: all of them are asked about after a crash. */
const lot = 8;
const lanes = 2;
/** Between two looks, milliseconds; in between it is known when something becomes due. */
const pause = { shortest: 250, longest: 15_000, whileAway: 5_000 } as const;
/** A mailbox that is full is tried again after this, until the news is old. Milliseconds. */
const retry = { afterMs: 600_000, forMs: 48 * 3_600_000 } as const;

type Parts = {
  readonly news: News;
  /** Of its own, so that orders' mails do not stand in line behind these. */
  readonly transport: MailTransport;
  readonly render: RenderMail;
  readonly show: ShowAmount;
  readonly publicUrl: string;
  readonly now: Now;
  readonly logger: Logger;
  readonly renewEveryMs?: number;
};

type Outcome = Told['outcome'];
type Written = { readonly subject: string; readonly html: string; readonly text: string };

/** What a mail says it was caused by; the mail of the day has many causes. */
const eventType: Readonly<Record<Exclude<NewsKind, 'digest'>, string>> = {
  'product.back': 'stock.changed.v1',
  'product.cheaper': 'product.changed.v1',
  'points.available': 'points.available.v1',
  'points.tier': 'points.available.v1',
  'points.expiring': 'points.expiring.v1',
};

/**
 * Sends news that is owed, each once: `sending` is committed before the server hears of it, and what was in hand at a crash is asked for
 * first. What its reader does not want to get at this hour goes back, and is due when they do; what they do not want any more ends unsent. However
 * long a server takes to answer, what is in hand is not sent by another lane or process meanwhile.
 */
export class SendNews {
  readonly name = 'news mails';
  private isStopped = true;
  private readonly ticker: Ticker;
  private readonly inHand: InHand;

  constructor(private readonly parts: Parts) {
    const { news, logger, renewEveryMs } = parts;
    this.inHand = new InHand({ renew: (ids) => news.renew(ids), logger, ...(renewEveryMs === undefined ? {} : { renewEveryMs }) });
    this.ticker = createTicker({ everyMs: pause.longest, work: () => this.look(), onError: (error) => this.failed(error) });
  }

  start(): Promise<void> {
    this.isStopped = false;
    this.ticker.start();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.isStopped = true;
    return this.ticker.stop();
  }

  /** Looks for what is due, at once or after the look that is under way. */
  wake(): void {
    this.ticker.wake();
  }

  /** Answers in how many milliseconds something is due. */
  private async look(): Promise<number> {
    const written = new Map<string, Written>();
    const lane = (): Promise<number> => this.run(written).catch((error: unknown) => this.failed(error));
    const afterMs = await Promise.all(Array.from({ length: lanes }, lane));
    return Math.max(Math.min(...afterMs), pause.shortest);
  }

  /** Until nothing is due or the server is away; answers when to look again. */
  private async run(written: Map<string, Written>): Promise<number> {
    for (;;) {
      const taken = this.isStopped ? [] : await this.parts.news.take(lot, this.inHand.ids);
      if (taken.length === 0) return (await this.parts.news.nextDueMs()) ?? pause.longest;
      const told = await this.inHand.during(
        taken.map(({ id }) => id),
        () => this.tellAll(taken, written),
      );
      if (told.some(({ outcome }) => outcome.kind === 'again' && outcome.afterMs === pause.whileAway)) return pause.whileAway;
    }
  }

  private async tellAll(taken: readonly Telling[], written: Map<string, Written>): Promise<readonly Told[]> {
    const told = await Promise.all(
      taken.map(async (telling): Promise<Told> => {
        const { id, attempts } = telling;
        return { id, attempts, outcome: await this.tell(telling, written) };
      }),
    );
    await this.parts.news.end(told);
    return told;
  }

  private async tell(telling: Telling, written: Map<string, Written>): Promise<Outcome> {
    const wanted = wantedOf(telling);
    if (!wanted) return { kind: 'unwanted' };
    return this.later(wanted) ?? this.send(wanted, this.write(wanted, written));
  }

  private later({ kind, timing }: Telling): Outcome | undefined {
    const now = this.parts.now();
    const when = leaving(timing, kind, now);
    return when.kind === 'now' ? undefined : { kind: when.kind, afterMs: when.until.getTime() - now.getTime() };
  }

  /** The same for all who hear of one product's event in one language. */
  private write(telling: Telling, written: Map<string, Written>): Written {
    const key = `${telling.kind} ${telling.eventId} ${telling.productId ?? telling.ownerId} ${telling.locale}`;
    const known = written.get(key);
    if (known) return known;
    const mail = newsMail(telling, this.parts);
    const made = { subject: mail.subject, ...this.parts.render(mail) };
    written.set(key, made);
    return made;
  }

  private async send(telling: Telling, { subject, html, text }: Written): Promise<Outcome> {
    const { transport } = this.parts;
    const { messageId, headers } = this.envelope(telling);
    try {
      if (telling.attempts > 1 && transport.find && (await transport.find(messageId))) return { kind: 'sent' };
      const sending = await transport.send({ messageId, to: telling.email, subject, headers, html, text });
      return sending.kind === 'accepted' ? { kind: 'sent' } : sending;
    } catch (error) {
      if (error instanceof Unavailable) return { kind: 'again', afterMs: pause.whileAway };
      const because = error instanceof Error ? error.message : String(error);
      const isNews = this.parts.now().getTime() - timeOf(telling.eventId) < retry.forMs;
      return isNews ? { kind: 'again', afterMs: retry.afterMs } : { kind: 'rejected', because };
    }
  }

  private envelope({ id, kind, eventId, productId, ownerId }: Telling): {
    readonly messageId: string;
    readonly headers: Readonly<Record<string, string>>;
  } {
    const product = productId === null ? '' : toPublicId('product', productId);
    const url = `${this.parts.publicUrl}/v1/unsubscribe/${id.replaceAll('-', '')}`;
    return {
      messageId: `<${kind}.${product === '' ? '' : `${product}.`}${eventId}.${ownerId}@mail.tandem.example>`,
      headers: {
        ...(kind === 'digest' ? {} : { 'X-Tandem-Event-Type': eventType[kind], 'X-Tandem-Event-Id': eventId }),
        ...(product === '' ? {} : { 'X-Tandem-Product-Id': product }),
        'List-Unsubscribe': `<${url}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      },
    };
  }

  private failed(error: unknown): number {
    this.parts.logger.warn({ err: error }, 'news could not be sent; trying again');
    return pause.whileAway;
  }
}

/** When a UUIDv7 was made, milliseconds since 1970. Source: RFC 9562, 5.7. */
function timeOf(uuid: string): number {
  return Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16);
}
