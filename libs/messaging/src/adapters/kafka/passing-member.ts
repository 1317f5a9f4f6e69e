import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { Logger } from '../logger.js';
import type { KafkaClient } from './client.js';

const settings = { sessionTimeout: 6_000, heartbeatInterval: 1_000, maxWaitTimeInMs: 100, allowAutoTopicCreation: false };

export type Passage<T> = {
  readonly client: KafkaClient;
  readonly group: string;
  readonly topic: string;
  readonly logger: Logger;
  /** Called inside the join, with the partitions that were assigned. */
  readonly joined: (consumer: Consumer, partitions: readonly number[]) => void;
  readonly eachBatch: (payload: EachBatchPayload) => void;
  /** Its result ends the passage. */
  readonly work: (consumer: Consumer) => Promise<T>;
};

/** Joins a group for the length of `work` and leaves it: kafkajs moves offsets and reads only as a member. Takes about half a second. */
export async function asPassingMember<T>({ client, group, topic, logger, joined, eachBatch, work }: Passage<T>): Promise<T> {
  await client.supported();
  const consumer = client.kafka.consumer({ groupId: group, ...settings });
  const crashed = new Promise<never>((_, reject) => consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error)));
  crashed.catch((error: unknown) => logger.debug({ err: error }, 'a passing member of a group crashed'));
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => joined(consumer, payload.memberAssignment[topic] ?? []));
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const running = consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => Promise.resolve(eachBatch(payload)),
    });
    await Promise.race([running, crashed]);
    return await Promise.race([work(consumer), crashed]);
  } finally {
    await consumer.disconnect().catch((error: unknown) => logger.debug({ err: error }, 'a passing member was gone already'));
  }
}
