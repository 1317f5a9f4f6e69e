import type { EventLog, SubscribeOptions, Subscription } from '../../event-log.js';
import { acceptRecords } from '../accept-records.js';
import { GroupNotEmpty, LogClosed } from '../errors.js';
import { type Logger, silent } from '../logger.js';
import { answered } from '../answered.js';
import { whileOpen } from '../while-open.js';
import { KafkaClient } from './client.js';
import { Consumption } from './consumption.js';
import { moveGroup } from './move-group.js';
import { lag, offsetsOf, unknownPartitions } from './positions.js';
import { Publisher } from './publisher.js';
import { readPartition } from './read-partition.js';
import { Topics } from './topics.js';

export type KafkaEventLogOptions = {
  /** `host:port` each. */
  readonly brokers: readonly string[];
  /** How brokers name this process in their logs. Default `tandem`. */
  readonly clientId?: string;
  readonly logger?: Logger;
};

/** Apache Kafka as the event log, by kafkajs's classic group protocol. */
export function kafkaEventLog({ brokers, clientId = 'tandem', logger = silent }: KafkaEventLogOptions): EventLog {
  const client = new KafkaClient({ brokers, clientId, logger });
  const topics = new Topics(client);
  const publisher = new Publisher(client, logger);
  const subscriptions = new Set<Subscription>();
  let closing: Promise<void> | undefined;
  const open = whileOpen(() => closing !== undefined);
  const close = async (): Promise<void> => {
    await Promise.all([...subscriptions].map((subscription) => subscription.close()));
    await publisher.close();
    await client.close();
  };
  return {
    kind: 'kafka',
    ensureTopics: (wanted) => open(() => topics.ensure(wanted)),
    publish: (records) =>
      open(async () => {
        acceptRecords(records);
        if (records.length === 0) return;
        await topics.require(records.map(({ topic }) => topic));
        await publisher.publish(records);
      }),
    subscribe: (subscription) =>
      open(async () => {
        await topics.require(subscription.topics);
        if (subscription.from === 'latest') await beginAtLatest(client, logger, subscription);
        const consumption = new Consumption({ client, subscription, logger, lag: () => lag(client, subscription.group) });
        const member = await consumption.start();
        subscriptions.add(member);
        if (!closing) return member;
        await member.close();
        throw new LogClosed();
      }),
    lag: (group) => open(() => lag(client, group)),
    read: (from, limit) =>
      open(async () => {
        await topics.require([from.topic]);
        return readPartition(client, logger, { ...from, limit });
      }),
    seek: (group, topic, position) =>
      open(async () => {
        await topics.require([topic]);
        await moveGroup(client, logger, { group, topic, offsets: await offsetsOf(client, topic, position) });
      }),
    ping: () => open(() => answered(client.admin((admin) => admin.describeCluster()))),
    close: () => (closing ??= close()),
  };
}

/** Commits the present end for what the group has never committed. When members run already, the first of them has done so. */
async function beginAtLatest(client: KafkaClient, logger: Logger, { group, topics }: SubscribeOptions): Promise<void> {
  for (const topic of topics) {
    try {
      await moveGroup(client, logger, { group, topic, offsets: await unknownPartitions(client, group, topic) });
    } catch (error) {
      if (!(error instanceof GroupNotEmpty)) throw error;
    }
  }
}
