import type { NewRecord } from '../../event-log.js';
import { createSpread } from '../partition-of-key.js';
import { intArray, textArray } from './binary-array.js';
import type { Run } from './connections.js';
import type { Partitions } from './partitions.js';

/** A server that is not heard fails a batch soon: it is sent again anyway. Its lock timeout (5 s) leaves this as it is. */
const append = { name: 'log-append', text: 'SELECT log_append($1, $2, $3, $4, $5, $6, $7, $8)', withinMs: 5_000 };

/** Bounds of one statement: its locks last until its one commit. */
const maxRecords = 1_000;
const maxBytes = 8_000_000;

type Placed = { readonly part: number; readonly record: NewRecord };
export type Appended = (part: number, next: bigint) => void;
export type AppendOptions = { readonly run: Run; readonly partitions: Partitions; readonly durable: boolean; readonly appended: Appended };

/** Appends checked records in order, as few statements as their bounds allow. A statement is never split from its commit by a BEGIN. */
export function createAppend({ run, partitions, durable, appended }: AppendOptions): (records: readonly NewRecord[]) => Promise<void> {
  const spread = createSpread();
  return async (records) => {
    const idsOf = await partitions.of(records.map(({ topic }) => topic));
    const placed = records.map((record): Placed => {
      const ids = idsOf(record.topic);
      return { record, part: ids[spread(record.topic, record.key, ids.length)] ?? 0 };
    });
    for (const chunk of chunksOf(placed)) {
      const { parts, counts, values } = argumentsOf(chunk);
      const [row] = await run<[string[]]>(append, [durable, ...values]);
      row?.[0].forEach((base, index) => appended(parts[index] ?? 0, BigInt(base) + BigInt(counts[index] ?? 0)));
    }
  };
}

/** Partitions ascending: appends that lock them in different orders would deadlock. */
function argumentsOf(chunk: readonly Placed[]): {
  readonly parts: readonly number[];
  readonly counts: readonly number[];
  readonly values: readonly Buffer[];
} {
  const parts = [...new Set(chunk.map(({ part }) => part))].sort((a, b) => a - b);
  const indexOf = new Map(parts.map((part, index) => [part, index]));
  const counts = parts.map(() => 0);
  const indexes: number[] = [];
  const ranks: number[] = [];
  for (const { part } of chunk) {
    const index = indexOf.get(part) ?? 0;
    indexes.push(index + 1);
    ranks.push(counts[index] ?? 0);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  const records = chunk.map(({ record }) => record);
  const texts = [records.map(({ key }) => key), records.map(({ headers }) => JSON.stringify(headers)), records.map(({ value }) => value)];
  return { parts, counts, values: [...[parts, counts, indexes, ranks].map(intArray), ...texts.map(textArray)] };
}

function chunksOf(placed: readonly Placed[]): readonly (readonly Placed[])[] {
  const chunks: Placed[][] = [];
  let bytes = Infinity;
  for (const one of placed) {
    const size = (one.record.value?.length ?? 0) + 200;
    const last = chunks.at(-1);
    if (last && last.length < maxRecords && bytes + size <= maxBytes) last.push(one);
    else chunks.push([one]);
    bytes = last === chunks.at(-1) ? bytes + size : size;
  }
  return chunks;
}
