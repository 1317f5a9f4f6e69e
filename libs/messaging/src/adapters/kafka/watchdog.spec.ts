import { describe, expect, it } from '@jest/globals';
import type { PartitionLag, TopicPartition } from '../../event-log.js';
import { silent } from '../logger.js';
import type { HeldPartition } from './held-partition.js';
import { Watchdog } from './watchdog.js';

const lag = (committed: bigint, end: bigint): PartitionLag => ({ topic: 't', partition: 0, committed, end, lag: end - committed });

async function looks(rows: readonly PartitionLag[], idle: boolean): Promise<readonly TopicPartition[]> {
  const stuck: TopicPartition[] = [];
  const ahead = [...rows];
  const held = { of: { topic: 't', partition: 0 }, idle } as HeldPartition;
  const watchdog = new Watchdog({
    lag: () => Promise.resolve(ahead.splice(0, 1)),
    held: () => [held],
    stuck: (of) => stuck.push(of),
    logger: silent,
  });
  for (const _ of rows) await watchdog.look();
  return stuck;
}

describe('the watchdog', () => {
  it('names a partition that was given nothing between two looks although records wait', async () => {
    expect(await looks([lag(3n, 5n), lag(3n, 9n)], true)).toEqual([{ topic: 't', partition: 0 }]);
  });

  it('is content while offsets move, records are in hand, or nothing waits', async () => {
    expect(
      await Promise.all([
        looks([lag(3n, 5n), lag(4n, 9n)], true),
        looks([lag(3n, 5n), lag(3n, 9n)], false),
        looks([lag(5n, 5n), lag(5n, 5n)], true),
      ]),
    ).toEqual([[], [], []]);
  });
});
