import { createTicker, type Ticker } from '@tandem/host';
import type { Logger } from 'pino';
import type { Addressing, FindContact, NewsItem, Unaddressed } from '../domain/news.js';
import type { Locale } from '../domain/texts/texts.js';

/** Accounts that are asked for together. */
const lot = 8;
/** Between two looks, and until somebody is asked for again who could not be, milliseconds. */
const pause = { longest: 15_000, again: 3_000 } as const;

type Parts = {
  readonly news: Addressing;
  readonly findContact: FindContact;
  /** What an inbox shows of it. */
  readonly headline: (item: NewsItem, locale: Locale) => string;
  readonly logger: Logger;
};

/** Gives news of points the address and the language its account has at that moment. Who cannot be asked for now is asked for again; nothing else waits for them. */
export class AddressNews {
  readonly name = 'news addresses';
  private isStopped = true;
  private readonly ticker: Ticker;

  constructor(private readonly parts: Parts) {
    const onError = (error: unknown): void => parts.logger.warn({ err: error }, 'news could not be addressed; trying again');
    this.ticker = createTicker({ everyMs: pause.longest, work: () => this.look(), onError });
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

  private async look(): Promise<number | undefined> {
    const { news } = this.parts;
    for (;;) {
      const taken = this.isStopped ? [] : await news.takeUnaddressed(lot);
      if (taken.length === 0) return (await news.nextUnaddressedMs()) ?? undefined;
      const late = (await Promise.all(taken.map((row) => this.address(row)))).flat();
      if (late.length > 0) await news.postpone(late, pause.again);
    }
  }

  /** Answers the row if it has to wait. */
  private async address({ id, ownerId, kind, facts }: Unaddressed): Promise<readonly string[]> {
    const { news, findContact, headline, logger } = this.parts;
    try {
      const contact = await findContact(ownerId);
      if (contact) await news.address(id, { ...contact, headline: headline({ kind, facts, title: '', slug: '' }, contact.locale) });
      else await news.drop(id);
      return [];
    } catch (error) {
      logger.info({ err: error, ownerId }, 'an account could not be asked for its address; trying again');
      return [id];
    }
  }
}
