import type { EventLog, TopicPartition } from '../event-log.js';
import type { Logger } from '../logger.js';
import { pause } from '../waiting/alarm.js';

/** How often it looks, and how long a consumer with work to do may finish nothing, ms. */
export type WatchTimes = { readonly everyMs: number; readonly stuckMs: number };
const defaultTimes: WatchTimes = { everyMs: 5_000, stuckMs: 45_000 };

/** What is watched: the group's member. */
export type Watched = {
  /** Partitions it should be delivering; empty while it has not joined or waits for a system. */
  expected(): readonly TopicPartition[];
  /** Deliveries finished so far. */
  finished(): number;
  rejoin(): Promise<void>;
};

export type WatchdogParts = {
  readonly log: Pick<EventLog, 'lag'>;
  readonly group: string;
  readonly consumer: Watched;
  readonly onFatal: (error: Error) => void;
  readonly logger: Logger;
  readonly times?: WatchTimes;
};

/** Finds a consumer that lives but delivers nothing: it joins anew; stuck a second time in a row, the process should end. */
export type Watchdog = { start(): void; stop(): Promise<void> };

export function createWatchdog(parts: WatchdogParts): Watchdog {
  const halt = new AbortController();
  let running: Promise<void> | undefined;
  return {
    start: () => void (running ??= watch(parts, halt.signal)),
    async stop() {
      halt.abort();
      await running;
    },
  };
}

async function watch(parts: WatchdogParts, halt: AbortSignal): Promise<void> {
  const { everyMs, stuckMs } = parts.times ?? defaultTimes;
  let idle: Idle = { finished: -1, sinceMs: Date.now(), rejoins: 0 };
  while (!halt.aborted) {
    await pause(everyMs, halt);
    if (halt.aborted) return;
    idle = await look(parts, idle).catch((error: unknown) => {
      parts.logger.debug({ err: error }, 'the lag is unknown: the log is away');
      return { ...idle, sinceMs: Date.now() };
    });
    if (Date.now() - idle.sinceMs < stuckMs) continue;
    if (idle.rejoins > 0) return parts.onFatal(new Error('the consumer has delivered nothing twice although there is work'));
    parts.logger.error({ stuckMs }, 'the consumer delivers nothing although there is work: it joins anew');
    await parts.consumer.rejoin();
    idle = { ...idle, sinceMs: Date.now(), rejoins: idle.rejoins + 1 };
  }
}

/** Since when nothing was finished although there was something to do. */
type Idle = { readonly finished: number; readonly sinceMs: number; readonly rejoins: number };

async function look({ log, group, consumer }: WatchdogParts, idle: Idle): Promise<Idle> {
  const count = consumer.finished();
  if (count !== idle.finished) return { finished: count, sinceMs: Date.now(), rejoins: 0 };
  const mine = new Set(consumer.expected().map(nameOf));
  const lags = mine.size > 0 ? await log.lag(group) : [];
  const hasWork = lags.some((of) => of.lag > 0n && mine.has(nameOf(of)));
  return hasWork ? idle : { ...idle, sinceMs: Date.now() };
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
