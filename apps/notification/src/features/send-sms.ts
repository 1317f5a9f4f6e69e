import { createTicker, type Ticker } from '@tandem/host';
import type { Now } from '@tandem/kernel';
import { Unavailable } from '@tandem/messaging';
import type { Logger } from 'pino';
import type { DueSms, EndedSms, Sms, SmsBook } from '../domain/sms.js';
import { InHand } from './in-hand.js';

/** Messages sent together. */
const lot = 8;
/** Between two looks, milliseconds; in between it is known when something becomes due. */
const pause = { longest: 15_000, whileAway: 5_000 } as const;
/** What could not be sent for so long is no news any more: milliseconds. */
const mostAgeMs = 24 * 3_600_000;

type Parts = { readonly book: SmsBook; readonly sms: Sms; readonly now: Now; readonly logger: Logger };

/** Sends text messages that are owed. A try that nobody answered is repeated under the same id, which the provider sends once. */
export class SendSms {
  readonly name = 'text messages';
  private isStopped = true;
  private readonly ticker: Ticker;
  private readonly inHand: InHand;

  constructor(private readonly parts: Parts) {
    const { book, logger } = parts;
    const onError = (error: unknown): void => logger.warn({ err: error }, 'text messages could not be sent; trying again');
    this.ticker = createTicker({ everyMs: pause.longest, work: () => this.look(), onError });
    this.inHand = new InHand({ renew: (ids) => book.renew(ids), logger });
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

  wake(): void {
    this.ticker.wake();
  }

  /** Until nothing is due; answers in how many milliseconds something will be. */
  private async look(): Promise<number | undefined> {
    const { book } = this.parts;
    for (;;) {
      const taken = this.isStopped ? [] : await book.take(lot, this.inHand.ids);
      if (taken.length === 0) return (await book.nextDueMs()) ?? undefined;
      await this.inHand.during(
        taken.map(({ id }) => id),
        async () => book.end(await Promise.all(taken.map((due) => this.tried(due)))),
      );
    }
  }

  private async tried(due: DueSms): Promise<EndedSms> {
    return { id: due.id, attempts: due.attempts, outcome: await this.send(due) };
  }

  private async send({ id, to, text, owedAt, isWanted }: DueSms): Promise<EndedSms['outcome']> {
    const { sms, now, logger } = this.parts;
    if (!isWanted) return { kind: 'unwanted' };
    if (now().getTime() - owedAt.getTime() > mostAgeMs) return { kind: 'rejected', because: 'too late' };
    try {
      const sending = await sms.send({ id, to, text });
      return sending.kind === 'accepted' ? { kind: 'sent' } : sending;
    } catch (error) {
      if (!(error instanceof Unavailable)) logger.warn({ err: error }, 'a text message could not be sent; trying again');
      return { kind: 'again', afterMs: pause.whileAway };
    }
  }
}
