import type { LogRecord, SubscribeOptions, Verdict } from '../event-log.js';
import type { Logger } from './logger.js';

/** A throw of a handler counts as `later` after this time. */
const laterAfterThrowMs = 1_000;

export type DeliveryOptions = {
  readonly handle: SubscribeOptions['handle'];
  /** The next record, or nothing yet. It stays the next one until `done` was called with it. */
  readonly next: () => LogRecord | undefined;
  /** Called once per record the handler is done with, in order. */
  readonly done: (record: LogRecord) => void;
  /** False while the partition is paused. */
  readonly flows: () => boolean;
  readonly logger: Logger;
};

/** Asks the handler. Never throws: a throw is logged and becomes `later`. */
export async function attempt(
  options: Pick<DeliveryOptions, 'handle' | 'logger'>,
  record: LogRecord,
  signal: AbortSignal,
): Promise<Verdict> {
  try {
    return await options.handle(record, signal);
  } catch (error) {
    const { topic, partition, offset } = record;
    options.logger.error({ err: error, topic, partition, offset: String(offset) }, 'a handler threw; the record is given again');
    return { kind: 'later', afterMs: laterAfterThrowMs };
  }
}

/** Gives the records of one partition to its handler: one at a time, in order, the same one again after `later`. */
export class Delivery {
  private readonly stopping = new AbortController();
  private handling: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: DeliveryOptions) {}

  /** Looks for the next record unless one is in hand or waits for its time. Call it whenever there may be one. */
  wake(): void {
    if (this.handling ?? this.timer) return;
    const record = this.ready();
    if (record) this.handling = this.give(record);
  }

  /** Gives nothing more; fires the handler's signal. Resolves when no record is in hand; what it answered still counts. */
  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.handling;
  }

  private ready(): LogRecord | undefined {
    return this.stopping.signal.aborted || !this.options.flows() ? undefined : this.options.next();
  }

  private async give(first: LogRecord): Promise<void> {
    for (let record: LogRecord | undefined = first; record; record = this.ready()) {
      const verdict = await attempt(this.options, record, this.stopping.signal);
      if (verdict.kind === 'later') {
        this.rest(verdict.afterMs);
        break;
      }
      this.options.done(record);
    }
    this.handling = undefined;
  }

  private rest(ms: number): void {
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.wake();
    }, ms);
  }
}
