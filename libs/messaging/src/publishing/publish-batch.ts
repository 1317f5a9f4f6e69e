import { InvalidRecord, RecordTooLarge } from '../adapters/errors.js';
import { jittered } from '../consuming/policy.js';
import type { EventLog } from '../event-log.js';
import type { Logger } from '../logger.js';
import { pause } from '../waiting/alarm.js';
import type { Pending, RelaySession } from './relay-session.js';

/** Rows and bytes of one batch. Source: docs/messaging.md, "The relay". */
const limits = { rows: 500, bytes: 2_000_000 };

export type Publishing = {
  readonly log: Pick<EventLog, 'publish'>;
  /** Resolves when the topics exist. */
  readonly topicsReady: () => Promise<void>;
  readonly logger: Logger;
  readonly onPublished: (count: number) => void;
  /** Fires when the leadership is lost: nothing more may be published. */
  readonly lost: AbortSignal;
  /** Fires when the process stops: what is pending is tried once more, not again. */
  readonly halt: AbortSignal;
};

/**
 * Publishes all that is committed, in batches, in order of the rows. Answers false when it gave up because of `lost` or `halt`. A batch that
 * was not full was the last: what is committed after it was read rings again.
 */
export async function publishPending(session: RelaySession, publishing: Publishing): Promise<boolean> {
  for (;;) {
    const pending = await session.next(limits.rows);
    const batch = headOf(pending, limits.bytes);
    if (batch.length === 0) return true;
    const taken = await publishUntilTaken(session, batch, publishing);
    if (!taken) return false;
    if (batch.length === pending.length && pending.length < limits.rows) return true;
  }
}

/** The first rows that fit into `bytes` together; at least one. */
export function headOf(pending: readonly Pending[], bytes: number): readonly Pending[] {
  let sum = 0;
  const end = pending.findIndex(({ record }) => (sum += record.value?.length ?? 0) > bytes);
  return end < 0 ? pending : pending.slice(0, Math.max(1, end));
}

/** Milliseconds until a batch is sent again that has failed for so long: soon while others may be taking over from a broker, then once a second. */
export function resendAfterMs(failingForMs: number): number {
  return failingForMs < 3_000 ? 250 : 1_000;
}

/** Sends the same batch again until the log has acknowledged it: an unknown outcome is a copy, never a hole. */
async function publishUntilTaken(session: RelaySession, batch: readonly Pending[], publishing: Publishing): Promise<boolean> {
  let failingSince: number | undefined;
  while (!publishing.lost.aborted) {
    try {
      await publishing.topicsReady();
      await publishing.log.publish(batch.map(({ record }) => record));
      await session.published(batch.map(({ id }) => id));
      publishing.onPublished(batch.length);
      return true;
    } catch (error) {
      if (publishing.lost.aborted) return false;
      if (isRefusal(error)) return publishOneByOne(session, batch, publishing);
      publishing.logger.warn({ err: error, records: batch.length }, 'publishing failed; the same batch is sent again');
      if (publishing.halt.aborted) return false;
      failingSince ??= performance.now();
      await pause(jittered(resendAfterMs(performance.now() - failingSince), Math.random()), publishing.halt);
    }
  }
  return false;
}

/** One record of the batch can never be taken: finds it and sets it aside, so that it does not stop the others. */
async function publishOneByOne(session: RelaySession, batch: readonly Pending[], publishing: Publishing): Promise<boolean> {
  for (const { id, record } of batch) {
    try {
      await publishing.log.publish([record]);
      await session.published([id]);
      publishing.onPublished(1);
    } catch (error) {
      if (!isRefusal(error)) return !publishing.lost.aborted && !publishing.halt.aborted;
      publishing.logger.error(
        { err: error, outboxId: id, topic: record.topic, key: record.key },
        'the log refuses a record for ever; it is set aside',
      );
      await session.refused(id, error.message);
    }
  }
  return true;
}

function isRefusal(error: unknown): error is RecordTooLarge | InvalidRecord {
  return error instanceof RecordTooLarge || error instanceof InvalidRecord;
}
