import type { Logger } from 'pino';
import type { NewsInbox, OwedNews } from '../domain/provider-news.js';
import type { HeedNews } from './heed-news.js';

const most = 20;
/** The longest news that could not be heeded are left alone, milliseconds. */
const longestPauseMs = 60_000;
/** The same of money that the provider has in hand to return: a bank takes days. */
const longestInHandMs = 600_000;

/** Works off the news that came in by webhook, each until it was heeded. Woken by whoever takes one in. */
export class WorkOffNews {
  constructor(
    private readonly inbox: NewsInbox,
    private readonly heedNews: HeedNews,
    private readonly logger: Logger,
  ) {}

  /** Heeds what is due now; a full hand means that there is more. */
  async turn(): Promise<number | undefined> {
    const due = await this.inbox.takeDue(most);
    await Promise.all(due.map((owed) => this.heed(owed)));
    return due.length === most ? 0 : undefined;
  }

  private async heed(owed: OwedNews): Promise<void> {
    try {
      const { kind } = await this.heedNews.run(owed.news);
      if (kind === 'in-hand') await this.inbox.postpone(owed, 'the provider has the refund in hand', pauseOf(owed, longestInHandMs));
      else await this.inbox.settle(owed);
    } catch (error) {
      this.logger.warn({ err: error, webhookId: owed.webhookId, attempts: owed.attempts }, 'news of a provider could not be heeded yet');
      await this.inbox.postpone(owed, error instanceof Error ? error.message : String(error), pauseOf(owed, longestPauseMs));
    }
  }
}

/** Twice as long each time. */
function pauseOf({ attempts }: OwedNews, longestMs: number): number {
  return Math.min(500 * 2 ** Math.min(attempts, 20), longestMs);
}
