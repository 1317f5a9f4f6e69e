import type { Now } from '@tandem/kernel';
import type { Logger } from 'pino';
import { lease } from '../domain/lease.js';
import type { DueSms, EndedSms, Sms, SmsBook } from '../domain/sms.js';
import { type IsAway, type Tried, triesOf, whileAwayMs, type Work } from './queue-worker.js';

/** What could not be sent for so long is no news any more: milliseconds. */
const mostAgeMs = 24 * 3_600_000;

type Parts = { readonly book: SmsBook; readonly sms: Sms; readonly now: Now; readonly logger: Logger };
type Outcome = EndedSms['outcome'];

/** Sends text messages that are owed. A try that nobody answered is repeated under the same id, which the provider sends once. */
export class SendSms implements Work<DueSms, Outcome> {
  readonly name = 'text messages';
  readonly slots = 8;
  readonly lease = lease;
  readonly done = 'sent';
  readonly queue: SmsBook;

  constructor(private readonly parts: Parts) {
    this.queue = parts.book;
  }

  async attempt({ id, to, text, owedAt, isWanted }: DueSms, isAway: IsAway): Promise<Outcome> {
    const { sms, now, logger } = this.parts;
    if (!isWanted) return { kind: 'unwanted' };
    if (now().getTime() - owedAt.getTime() > mostAgeMs) return { kind: 'rejected', because: 'too late' };
    try {
      const sending = await sms.send({ id, to, text });
      return sending.kind === 'accepted' ? { kind: 'sent' } : sending;
    } catch (error) {
      if (!isAway(error)) logger.warn({ err: error }, 'a text message could not be sent; trying again');
      return { kind: 'again', afterMs: whileAwayMs };
    }
  }

  note(tried: readonly Tried<DueSms, Outcome>[]): Promise<void> {
    return this.queue.end(triesOf(tried));
  }
}
