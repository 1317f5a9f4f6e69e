import { setTimeout as sleep } from 'node:timers/promises';
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

/** How long a coordinator may take to load its groups after its broker has started, milliseconds. */
const coordinatorPatienceMs = 10_000;
/** A coordinator that is starting or moving says one of these to whoever joins (codes 14 to 16 of the Kafka protocol). */
const starting = ['GROUP_LOAD_IN_PROGRESS', 'GROUP_COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR_FOR_GROUP'];

/**
 * Joins a group for the length of `work` and leaves it: kafkajs moves offsets and reads only as a member. Takes about half a second, longer
 * while the group's coordinator is starting.
 */
export async function asPassingMember<T>(passage: Passage<T>): Promise<T> {
  const until = Date.now() + coordinatorPatienceMs;
  for (;;) {
    try {
      return await pass(passage);
    } catch (error) {
      if (!starting.includes(String((error as { type?: unknown }).type)) || Date.now() > until) throw error;
      await sleep(250);
    }
  }
}

async function pass<T>({ client, group, topic, logger, joined, eachBatch, work }: Passage<T>): Promise<T> {
  await client.supported();
  const consumer = client.consumer({ groupId: group, ...settings });
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
