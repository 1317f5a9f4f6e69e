import type { Background } from '@tandem/host';
import type { Logger } from 'pino';
import type { NewsInbox, OwedNews } from '../domain/provider-news.js';
import type { HeedNews } from './heed-news.js';
import { createTicker } from './ticker.js';

/** A look for what another process has left; what comes in here wakes it. Milliseconds. */
const everyMs = 5_000;
const most = 20;
const longestPauseMs = 60_000;
/** No provider repeats a webhook after so long. Source: Standard Webhooks 1.0, "Retry schedule" (three days). */
const keptDays = 14;
const pruneEveryMs = 3_600_000;

/** Works off the news that came in by webhook, each until it was heeded. Woken by whoever takes one in. */
export class WorkOffNews implements Background {
  readonly name = 'provider news';
  private readonly ticker;
  private readonly pruning;

  constructor(private readonly inbox: NewsInbox, private readonly heedNews: HeedNews, private readonly logger: Logger) {
    this.ticker = createTicker({ everyMs, work: () => this.turn(), onError: (error) => logger.warn({ err: error }, 'news of providers could not be read') });
    this.pruning = createTicker({ everyMs: pruneEveryMs, work: () => inbox.prune(keptDays), onError: (error) => logger.warn({ err: error }, 'old news were not forgotten') });
  }

  start(): Promise<void> {
    this.ticker.start();
    this.pruning.start();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    await Promise.all([this.ticker.stop(), this.pruning.stop()]);
  }

  wake(): void {
    this.ticker.wake();
  }

  private async turn(): Promise<void> {
    const due = await this.inbox.takeDue(most);
    await Promise.all(due.map((owed) => this.heed(owed)));
    if (due.length === most) this.ticker.wake();
  }

  private async heed(owed: OwedNews): Promise<void> {
    try {
      await this.heedNews.run(owed.news);
      await this.inbox.settle(owed);
    } catch (error) {
      this.logger.warn({ err: error, webhookId: owed.webhookId, attempts: owed.attempts }, 'news of a provider could not be heeded yet');
      await this.inbox.postpone(owed, error instanceof Error ? error.message : String(error), Math.min(500 * 2 ** Math.min(owed.attempts, 10), longestPauseMs));
    }
  }
}
