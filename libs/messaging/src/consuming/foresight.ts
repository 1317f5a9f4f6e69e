import type { LogRecord } from '../event-log.js';
import type { Outcome, Setback } from './delivery.js';

/** Foretells cheaply whether the gate will admit a message: it does, if it has admitted the one before of the partition. */
export type Foresight = { isSmooth(record: LogRecord): boolean; saw(record: LogRecord, outcome: Outcome | Setback): void };

export function createForesight(): Foresight {
  const smooth = new Set<string>();
  return {
    isSmooth: (record) => smooth.has(partitionOf(record)),
    saw(record, { kind }) {
      if (kind === 'handled' || kind === 'ignored') smooth.add(partitionOf(record));
      else smooth.delete(partitionOf(record));
    },
  };
}

const partitionOf = ({ topic, partition }: LogRecord): string => `${topic}/${partition}`;
