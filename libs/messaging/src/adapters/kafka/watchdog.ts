import type { PartitionLag, TopicPartition } from '../../event-log.js';
import type { Logger } from '../logger.js';
import { nameOf } from '../pauses.js';
import type { HeldPartition } from './held-partition.js';

const everyMs = 20_000;

export type WatchdogOptions = {
  readonly lag: () => Promise<readonly PartitionLag[]>;
  readonly held: () => readonly HeldPartition[];
  /** Called with a partition that was given nothing between two looks although records waited. */
  readonly stuck: (partition: TopicPartition) => void;
  readonly logger: Logger;
};

/** Finds a partition that kafkajs holds without fetching from it, which it does now and then without an error (kafkajs issue 1456). */
export class Watchdog {
  private suspects = new Map<string, bigint>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: WatchdogOptions) {}

  start(): void {
    this.timer = setInterval(() => {
      this.look().catch((error: unknown) =>
        this.options.logger.warn({ err: error }, 'the lag could not be read; the watchdog looks again later'),
      );
    }, everyMs);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  async look(): Promise<void> {
    const lags = new Map((await this.options.lag()).map((lag) => [nameOf(lag), lag]));
    const starving = this.options.held().filter(({ of, idle }) => idle && (lags.get(nameOf(of))?.lag ?? 0n) > 0n);
    const committed = (held: HeldPartition): bigint => lags.get(nameOf(held.of))?.committed ?? 0n;
    const stuck = starving.find((held) => this.suspects.get(nameOf(held.of)) === committed(held));
    this.suspects = new Map(starving.map((held) => [nameOf(held.of), committed(held)]));
    if (stuck) this.options.stuck(stuck.of);
  }
}
