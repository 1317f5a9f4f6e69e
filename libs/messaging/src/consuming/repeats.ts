import type { Database, Statement } from '@tandem/kernel';
import type { LogRecord } from '../event-log.js';
import type { Place } from './decode.js';

const settledSql: Statement = {
  name: 'messaging.settled',
  text: `SELECT coalesce(m.last >= v.sequence, false) AS settled
           FROM unnest($2::text[], $3::text[], $4::bigint[]) WITH ORDINALITY v(topic, key, sequence, rank)
           LEFT JOIN messaging.mark m ON m.grp = $1 AND m.topic = v.topic AND m.key = v.key ORDER BY rank`,
};

/**
 * Knows cheaply that a message was settled before, while its partition repeats itself (a replay, an offset that was not committed): then
 * many are looked up at once, outside any transaction. It only ever says what the gate would say; otherwise it costs nothing.
 */
export type Repeats = {
  /** True when the message was settled before; false says nothing. */
  isSettled(record: LogRecord, place: Place): Promise<boolean>;
  /** The gate found a duplicate in this partition, or did not. */
  saw(record: LogRecord, isDuplicate: boolean): void;
};

type Asked = { readonly place: Place; readonly answer: (settled: boolean) => void; readonly fail: (error: unknown) => void };

export function createRepeats(database: Database, group: string): Repeats {
  const repeating = new Set<string>();
  let asked: Asked[] = [];
  let asking: Promise<void> | undefined;
  const askAll = async (): Promise<void> => {
    while (asked.length > 0) {
      const batch = asked;
      asked = [];
      await look(database, group, batch);
    }
    asking = undefined;
  };
  return {
    async isSettled(record, place) {
      if (!repeating.has(partitionOf(record))) return false;
      const settled = await new Promise<boolean>((answer, fail) => {
        asked.push({ place, answer, fail });
        asking ??= Promise.resolve().then(askAll);
      });
      if (!settled) repeating.delete(partitionOf(record));
      return settled;
    },
    saw(record, isDuplicate) {
      if (isDuplicate) repeating.add(partitionOf(record));
      else repeating.delete(partitionOf(record));
    },
  };
}

async function look(database: Database, group: string, batch: readonly Asked[]): Promise<void> {
  const places = batch.map(({ place }) => place);
  const values = [group, places.map(({ topic }) => topic), places.map(({ key }) => key), places.map(({ sequence }) => sequence.toString())];
  try {
    const rows = await database.query<{ settled: boolean }>(settledSql, values);
    batch.forEach(({ answer }, index) => answer(rows[index]?.settled === true));
  } catch (error) {
    batch.forEach(({ fail }) => fail(error));
  }
}

const partitionOf = ({ topic, partition }: LogRecord): string => `${topic}/${partition}`;
