import { randomUUID } from 'node:crypto';
import type { LogRecord, TopicPartition } from '../../event-log.js';
import { UnknownTopic } from '../errors.js';
import type { Logger } from '../logger.js';
import type { KafkaClient } from './client.js';
import { asPassingMember } from './passing-member.js';
import { recordOf } from './record.js';

const readWithinMs = 10_000;

export type Reading = TopicPartition & { readonly offset: bigint; readonly limit: number };

/** Records of one partition up to its present end. Through a group that exists only for this call: kafkajs reads in no other way. */
export async function readPartition(
  client: KafkaClient,
  logger: Logger,
  { topic, partition, offset, limit }: Reading,
): Promise<readonly LogRecord[]> {
  const ends = (await client.admin((admin) => admin.fetchTopicOffsets(topic))).find((end) => end.partition === partition);
  if (!ends) throw new UnknownTopic(`${topic}[${partition}]`);
  const [low, end] = [BigInt(ends.low), BigInt(ends.high)];
  const from = offset > low ? offset : low;
  if (from >= end || limit <= 0) return [];
  const group = `tandem-read-${randomUUID()}`;
  const collected: LogRecord[] = [];
  let finished = (): void => undefined;
  const complete = new Promise<void>((resolve) => (finished = resolve));
  await asPassingMember({
    client,
    group,
    topic,
    logger,
    joined: (consumer, partitions) => {
      consumer.pause([{ topic, partitions: partitions.filter((other) => other !== partition) }]);
      consumer.seek({ topic, partition, offset: String(from) });
    },
    eachBatch: ({ batch, resolveOffset }) => {
      collected.push(...batch.messages.map((message) => recordOf({ topic, partition }, message)));
      resolveOffset(batch.lastOffset());
      if (collected.length >= limit || BigInt(batch.lastOffset()) >= end - 1n) finished();
    },
    work: () => within(complete),
  });
  await client
    .admin((admin) => admin.deleteGroups([group]))
    .catch((error: unknown) => logger.debug({ err: error, group }, 'a group for reading was not deleted'));
  return collected.filter((record) => record.offset >= from && record.offset < end).slice(0, limit);
}

/** Resolves with the work, or after ten seconds: at the end of a partition there may be only records that kafkajs hides. */
async function within(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise<void>((resolve) => (timer = setTimeout(resolve, readWithinMs)))]);
  clearTimeout(timer);
}
