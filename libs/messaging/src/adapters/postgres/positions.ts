import type { PartitionLag, Position } from '../../event-log.js';
import type { Run } from './connections.js';
import type { Partitions } from './partitions.js';

const beginAt = {
  name: 'log-begin',
  text: `WITH s AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true))
         INSERT INTO claim (grp, part, committed) SELECT $1, p.id, CASE WHEN $3 THEN p.next_offset ELSE p.first_offset END
         FROM s, part p WHERE p.topic = ANY($2) ORDER BY p.id ON CONFLICT DO NOTHING`,
};
const lagOf = {
  name: 'log-lag',
  text: `SELECT p.topic, p.n, greatest(c.committed, p.first_offset), p.next_offset FROM claim c JOIN part p ON p.id = c.part WHERE c.grp = $1 ORDER BY p.topic, p.n`,
};
/** Raising the epoch makes the holder drop the partition and take it again from here. */
const moveTo = {
  name: 'log-seek',
  text: `WITH s AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true))
         UPDATE claim c SET epoch = c.epoch + 1, committed = CASE $3 WHEN 'earliest' THEN p.first_offset WHEN 'latest' THEN p.next_offset
           WHEN 'time' THEN log_offset_at(p.id, $4::timestamptz) ELSE least(greatest($5::bigint, p.first_offset), p.next_offset) END
         FROM s, part p WHERE p.id = c.part AND c.grp = $1 AND p.topic = $2 AND ($6::int IS NULL OR p.n = $6)`,
};

/** A group that has never been here begins at the first or the next record of each partition; one that has stays where it is. */
export async function begin(run: Run, group: string, topics: readonly string[], from: 'earliest' | 'latest'): Promise<void> {
  await run(beginAt, [group, topics, from === 'latest']);
}

export async function lag(run: Run, group: string): Promise<readonly PartitionLag[]> {
  const rows = await run<[string, number, string, string]>(lagOf, [group]);
  return rows.map(([topic, partition, at, next]) => {
    const [committed, end] = [BigInt(at), BigInt(next)];
    return { topic, partition, committed, end, lag: end - committed };
  });
}

export async function seek(
  run: Run,
  partitions: Partitions,
  move: { readonly group: string; readonly topic: string; readonly position: Position },
): Promise<void> {
  const { group, topic, position } = move;
  await partitions.of([topic]);
  await begin(run, group, [topic], 'earliest');
  await run(moveTo, [group, topic, ...placeOf(position)]);
}

/** How, time, offset, partition. */
function placeOf(position: Position): readonly unknown[] {
  if ('to' in position) return [position.to, null, null, null];
  if ('time' in position) return ['time', position.time, null, null];
  return ['offset', null, String(position.offset), position.partition];
}
