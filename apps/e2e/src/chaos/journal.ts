import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Visit } from './shop.js';

/** What shoppers were answered, on the disk before the next of them begins; it outlives whoever writes it. */
export type Journal = {
  note(visit: Visit): void;
  /** Read back from the disk. */
  visits(): readonly Visit[];
  close(): void;
};

/** A new journal, one line a visit; an older one of that name is gone. */
export function openJournal(file: string): Journal {
  mkdirSync(dirname(file), { recursive: true });
  const descriptor = openSync(file, 'w');
  return {
    note: (visit) => {
      writeSync(descriptor, `${JSON.stringify(visit)}\n`);
      fsyncSync(descriptor);
    },
    visits: () =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Visit),
    close: () => closeSync(descriptor),
  };
}
