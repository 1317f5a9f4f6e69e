import type { Database } from '@tandem/kernel';
import type { Retry } from '../consuming/admission.js';
import { jittered } from '../consuming/policy.js';
import type { Outcome } from '../consuming/delivery.js';
import type { LogRecord } from '../event-log.js';
import type { Logger } from '../logger.js';
import { createAlarm } from '../waiting/alarm.js';
import { claimDue, nextDueMs, postpone, type Due } from './parked-rows.js';

/** Keys retried side by side, and how long the scheduler sleeps at most (ms): a net for what another replica made due. */
const limits = { heads: 4, sleepMs: 10_000, leastSleepMs: 20 };

export type RetriesParts = {
  readonly database: Database;
  readonly group: string;
  /** Runs one through the retry pipeline; never rejects. */
  readonly consumer: { retry(record: LogRecord, retry: Retry, signal: AbortSignal): Promise<Outcome> };
  /** While it answers true nothing is claimed. */
  readonly isWaiting: () => boolean;
  readonly logger: Logger;
};

/** Tries parked messages again when they are due: the head of each key, then the next, in order. */
export type Retries = { start(): void; wake(): void; /** Finishes those in hand. */ stop(): Promise<void> };

export function createRetries(parts: RetriesParts): Retries {
  const alarm = createAlarm();
  const halt = new AbortController();
  let running: Promise<void> | undefined;
  return {
    start: () => void (running ??= run(parts, alarm.sleep, halt.signal)),
    wake: alarm.ring,
    async stop() {
      halt.abort();
      alarm.ring();
      await running;
    },
  };
}

async function run(parts: RetriesParts, sleep: (ms: number) => Promise<void>, halt: AbortSignal): Promise<void> {
  while (!halt.aborted) {
    const sleepMs = await round(parts, halt).catch((error: unknown) => {
      parts.logger.warn({ err: error }, 'parked messages could not be looked at');
      return limits.sleepMs / 5;
    });
    if (sleepMs > 0 && !halt.aborted) await sleep(jittered(Math.max(limits.leastSleepMs, sleepMs), Math.random()));
  }
}

/** One round; answers how long there is nothing to do. */
async function round(parts: RetriesParts, halt: AbortSignal): Promise<number> {
  if (parts.isWaiting()) return limits.sleepMs / 10;
  const due = await claimDue(parts.database, parts.group, limits.heads);
  await Promise.all(due.map((one) => retry(parts, one, halt)));
  if (due.length > 0) return 0;
  const inMs = await nextDueMs(parts.database, parts.group);
  return inMs === undefined ? limits.sleepMs : Math.min(limits.sleepMs, Math.max(limits.leastSleepMs, inMs));
}

async function retry({ database, consumer }: RetriesParts, { retry: row, record }: Due, halt: AbortSignal): Promise<void> {
  const outcome = await consumer.retry(record, row, halt);
  if (outcome.kind === 'later') await postpone(database, row.id, outcome.afterMs);
}
