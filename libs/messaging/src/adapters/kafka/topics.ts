import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import type { Topic } from '@tandem/contracts';
import { PartitionCountDiffers, UnknownTopic } from '../errors.js';
import type { KafkaClient } from './client.js';

const dayMs = 86_400_000;
/** How long a topic that was just created may take until its leaders serve: on a broker that has just started, some seconds. */
const servedWithinMs = 10_000;

/** Which topics exist. What was found once stays: topics are not deleted. */
export class Topics {
  private readonly known = new Set<string>();

  constructor(private readonly client: KafkaClient) {}

  /** Throws `UnknownTopic` for the first that does not exist: the producer would take ten seconds to find out. */
  async require(topics: Iterable<string>): Promise<void> {
    const missing = (): string | undefined => [...new Set(topics)].find((topic) => !this.known.has(topic));
    if (missing() !== undefined) for (const topic of await this.client.admin((admin) => admin.listTopics())) this.known.add(topic);
    const absent = missing();
    if (absent !== undefined) throw new UnknownTopic(absent);
  }

  async ensure(topics: readonly Topic[]): Promise<void> {
    const present = new Set(await this.client.admin((admin) => admin.listTopics()));
    const absent = topics.filter(({ name }) => !present.has(name));
    if (absent.length > 0) await this.create(absent);
    const { topics: found } = await this.client.admin((admin) => admin.fetchTopicMetadata({ topics: topics.map(({ name }) => name) }));
    for (const { name, partitions } of topics) {
      const count = found.find((topic) => topic.name === name)?.partitions.length ?? 0;
      if (count !== partitions) throw new PartitionCountDiffers(name, count, partitions);
      this.known.add(name);
    }
  }

  /** Three copies and two that must have it, where there are three brokers. Answers nothing about topics another has just created. */
  private async create(topics: readonly Topic[]): Promise<void> {
    await this.client.admin(async (admin) => {
      const copies = Math.min(3, (await admin.describeCluster()).brokers.length);
      const safety = copies === 3 ? [{ name: 'min.insync.replicas', value: '2' }] : [];
      for (const { name, partitions, retentionDays } of topics) {
        const configEntries = [{ name: 'retention.ms', value: String(retentionDays * dayMs) }, ...safety];
        await admin.createTopics({
          waitForLeaders: false, // kafkajs gives up on a topic the broker does not know yet
          topics: [{ topic: name, numPartitions: partitions, replicationFactor: copies, configEntries }],
        });
      }
      for (const { name } of topics) await served(admin, name);
    });
  }
}

/** Resolves once the leader of every partition answers: before that a record would be refused. */
async function served(admin: Admin, topic: string): Promise<void> {
  const until = Date.now() + servedWithinMs;
  for (;;) {
    try {
      return void (await admin.fetchTopicOffsets(topic));
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(50);
    }
  }
}
