import { GroupNotEmpty } from '../errors.js';
import type { Logger } from '../logger.js';
import type { KafkaClient } from './client.js';
import { asPassingMember } from './passing-member.js';
import { type Offset, requireEmpty } from './positions.js';

export type Move = { readonly group: string; readonly topic: string; readonly offsets: readonly Offset[] };

/** Commits offsets for a group without members. (kafkajs's own `setOffsets` does the same and takes five seconds.) */
export async function moveGroup(client: KafkaClient, logger: Logger, { group, topic, offsets }: Move): Promise<void> {
  if (offsets.length === 0) return;
  await requireEmpty(client, group);
  let assigned: readonly number[] = [];
  await asPassingMember({
    client,
    group,
    topic,
    logger,
    joined: (consumer, partitions) => {
      assigned = partitions;
      consumer.pause([{ topic }]);
    },
    eachBatch: () => undefined,
    work: async (consumer) => {
      if (offsets.some(({ partition }) => !assigned.includes(partition))) throw new GroupNotEmpty(group);
      await consumer.commitOffsets(offsets.map(({ partition, offset }) => ({ topic, partition, offset: String(offset) })));
    },
  });
}
