import type { LogRecord, SubscribeOptions, Verdict } from '../event-log.js';
import type { Logger } from './logger.js';

/** A throw of a handler counts as `later` after this time. */
const laterAfterThrowMs = 1_000;

export type DeliveryOptions = {
  readonly handle: SubscribeOptions['handle'];
  /** Records of different keys that may be in hand at a time. Default 1. */
  readonly concurrency?: number;
  /** The record that stands `index` places behind the last one `done` was called with, or nothing yet. */
  readonly next: (index: number) => LogRecord | undefined;
  /** Called once per record the handler is done with, in order: whatever stands before it is done too. */
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

/** How far a delivery looks ahead for another key, in records per place. */
const lookAhead = 16;

type Entry = { readonly record: LogRecord; readonly lane: string; state: 'waits' | 'in hand' | 'done' };

/**
 * Gives the records of one partition to its handler: those of one key one at a time, in order; of different keys as many side by side as
 * allowed. After `later` the partition rests, then the same record comes again before anything behind it of its key.
 */
export class Delivery {
  private readonly stopping = new AbortController();
  /** What was taken and is not yet given back by `done`, in order. */
  private readonly window: Entry[] = [];
  private readonly handling = new Set<Promise<void>>();
  private restsUntil = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: DeliveryOptions) {}

  /** Begins whatever may begin. Call it whenever there may be something. */
  wake(): void {
    while (this.handling.size < this.concurrency) {
      const entry = this.ready();
      if (!entry) return;
      const handling: Promise<void> = this.give(entry).finally(() => {
        this.handling.delete(handling);
        this.wake();
      });
      this.handling.add(handling);
    }
  }

  /** Gives nothing more; fires the handler's signal. Resolves when no record is in hand; what it answered still counts. */
  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await Promise.all(this.handling);
  }

  private get concurrency(): number {
    return this.options.concurrency ?? 1;
  }

  /** The first record that waits and whose key is free. */
  private ready(): Entry | undefined {
    if (this.stopping.signal.aborted || this.timer !== undefined || !this.options.flows()) return undefined;
    const busy = new Set<string>();
    for (let index = 0; index < this.concurrency * lookAhead; index += 1) {
      const entry = this.window[index] ?? this.extend(index);
      if (!entry) return undefined;
      if (entry.state === 'waits' && !busy.has(entry.lane)) return entry;
      if (entry.state !== 'done') busy.add(entry.lane);
      if (this.concurrency === 1) return undefined;
    }
    return undefined;
  }

  private extend(index: number): Entry | undefined {
    const record = this.options.next(index);
    if (!record) return undefined;
    // A record without a key has no order to keep.
    const entry: Entry = { record, lane: record.key === null ? `/${record.offset}` : `=${record.key}`, state: 'waits' };
    this.window.push(entry);
    return entry;
  }

  private async give(entry: Entry): Promise<void> {
    entry.state = 'in hand';
    const verdict = await attempt(this.options, entry.record, this.stopping.signal);
    if (verdict.kind === 'later') {
      entry.state = 'waits';
      return this.rest(verdict.afterMs);
    }
    entry.state = 'done';
    while (this.window[0]?.state === 'done') {
      const { record } = this.window.shift() as Entry;
      this.options.done(record);
    }
  }

  /** Nothing new begins for so long; the longest of several rests counts. By the monotonic clock. */
  private rest(ms: number): void {
    const until = performance.now() + ms;
    if (this.stopping.signal.aborted || (this.timer !== undefined && until <= this.restsUntil)) return;
    clearTimeout(this.timer);
    this.restsUntil = until;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.wake();
    }, ms);
  }
}
