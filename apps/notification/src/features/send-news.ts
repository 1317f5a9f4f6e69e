import { toPublicId } from '@tandem/host';
import type { Now } from '@tandem/kernel';
import type { ShowAmount } from '../domain/amounts.js';
import { type Lease, leaseOfMails } from '../domain/lease.js';
import type { MailTransport } from '../domain/mail-transport.js';
import { type News, type NewsKind, type Telling, type Told, wantedOf } from '../domain/news.js';
import { putOff } from '../domain/put-off.js';
import { leaving } from '../domain/timing.js';
import { newsMail } from './news-mail.js';
import { type IsAway, type Tried, triesOf, whileAwayMs, type Work } from './queue-worker.js';
import type { RenderMail } from './send-mail.js';

/** Mails in hand at a time, each on a connection of its own: all of them are asked about after a crash. */
export const newsAtATime = 16;
/** Products' events whose mails are kept as they were written, for whoever else follows. */
const mostWritten = 32;
/** A mail that its server puts off is tried again after this, milliseconds. */
const retryMs = 600_000;

type Parts = {
  readonly news: News;
  /** Of its own, so that orders' mails do not stand in line behind these. */
  readonly transport: MailTransport;
  readonly render: RenderMail;
  readonly show: ShowAmount;
  readonly publicUrl: string;
  readonly now: Now;
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
 * first. What its reader does not want to get at this hour goes back, and is due when they do; what they do not want any more ends unsent.
 */
export class SendNews implements Work<Telling, Outcome> {
  readonly name = 'news mails';
  readonly slots = newsAtATime;
  readonly lease: Lease;
  readonly done = 'sent';
  readonly queue: News;
  private readonly written = new Map<string, Written>();

  constructor(private readonly parts: Parts) {
    this.queue = parts.news;
    this.lease = leaseOfMails(parts.transport);
  }

  async attempt(telling: Telling, isAway: IsAway): Promise<Outcome> {
    const wanted = wantedOf(telling);
    if (!wanted) return { kind: 'unwanted' };
    return this.later(wanted) ?? this.send(wanted, isAway);
  }

  note(tried: readonly Tried<Telling, Outcome>[]): Promise<void> {
    return this.queue.end(triesOf(tried));
  }

  private later({ kind, timing }: Telling): Outcome | undefined {
    const now = this.parts.now();
    const when = leaving(timing, kind, now);
    return when.kind === 'now' ? undefined : { kind: when.kind, afterMs: when.until.getTime() - now.getTime() };
  }

  /** The same for all who hear of one product's event in one language; any other is one reader's own. */
  private write(telling: Telling): Written {
    const key = `${telling.kind} ${telling.eventId} ${telling.productId} ${telling.locale}`;
    const known = this.written.get(key);
    if (known) return known;
    const mail = newsMail(telling, this.parts);
    const made = { subject: mail.subject, ...this.parts.render(mail) };
    if (telling.productId === null) return made;
    if (this.written.size >= mostWritten) this.written.clear();
    this.written.set(key, made);
    return made;
  }

  private async send(telling: Telling, isAway: IsAway): Promise<Outcome> {
    const { transport } = this.parts;
    const { messageId, headers } = this.envelope(telling);
    try {
      if (telling.attempts > 1 && transport.find && (await transport.find(messageId))) return { kind: 'sent' };
      const { subject, html, text } = this.write(telling);
      const sending = await transport.send({ messageId, to: telling.email, subject, headers, html, text });
      return sending.kind === 'accepted' ? { kind: 'sent' } : sending;
    } catch (error) {
      return again(telling, error, isAway);
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
}

/** Only what means this mail counts, however old the news is: none is given up for a server that is away. */
function again({ putOffMs }: Telling, error: unknown, isAway: IsAway): Outcome {
  if (isAway(error)) return { kind: 'again', afterMs: whileAwayMs };
  const puttingOff = putOff(putOffMs, error, retryMs);
  if (puttingOff.kind === 'again') return puttingOff;
  return { kind: 'rejected', because: error instanceof Error ? error.message : String(error) };
}
