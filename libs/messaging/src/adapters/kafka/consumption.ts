import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { PartitionLag, SubscribeOptions, Subscription } from '../../event-log.js';
import type { Logger } from '../logger.js';
import { Pauses, nameOf } from '../pauses.js';
import { kafkaRetry, type KafkaClient } from './client.js';
import { HeldPartition } from './held-partition.js';
import { OffsetCommits } from './offset-commits.js';
import { Watchdog } from './watchdog.js';

/** Source: kafkajs defaults are 30 s and 5 s: an outage would cost half a minute, every resume and leave up to five seconds. */
const consumerSettings = {
  sessionTimeout: 6_000,
  heartbeatInterval: 1_000,
  maxWaitTimeInMs: 250,
  maxBytesPerPartition: 131_072,
  allowAutoTopicCreation: false,
  retry: kafkaRetry,
};
const closeWithinMs = 10_000;
/** How long a disconnect waits for a join that is under way: kafkajs forgets a consumer that is stopped meanwhile, and it joins as a ghost. */
const joinWithinMs = 5_000;
/** Consumers started one after another without ever joining before the member gives up. */
const maxCrashes = 5;

export type ConsumptionOptions = {
  readonly client: KafkaClient;
  readonly subscription: SubscribeOptions;
  readonly logger: Logger;
  readonly lag: () => Promise<readonly PartitionLag[]>;
};

/** A member of a group on Kafka. kafkajs only fetches, joins and beats; records are handled outside of it. */
export class Consumption {
  private held = new Map<string, HeldPartition>();
  private consumer: Consumer | undefined;
  private crashes = 0;
  private closing: Promise<void> | undefined;
  private joining: Promise<void> = Promise.resolve();
  private readonly pauses = new Pauses(() => this.wake());
  private readonly commits: OffsetCommits;
  private readonly watchdog: Watchdog;
  private fail: (cause: Error) => void = () => undefined;
  private readonly failed = new Promise<Error>((resolve) => (this.fail = resolve));

  constructor(private readonly options: ConsumptionOptions) {
    this.commits = new OffsetCommits(() => this.held.values(), options.logger);
    this.watchdog = new Watchdog({
      lag: options.lag,
      held: () => [...this.held.values()].filter(({ of }) => this.pauses.flows(of)),
      stuck: (partition) => this.crashed(new Error(`nothing was fetched from ${nameOf(partition)} although records wait there`)),
      logger: options.logger,
    });
  }

  /** Connects and begins to join; throws when no broker answers. */
  async start(): Promise<Subscription> {
    await this.consume();
    this.watchdog.start();
    return {
      assigned: () => [...this.held.values()].map(({ of }) => of),
      ...this.pauses.controls,
      failed: this.failed,
      close: () => (this.closing ??= this.close()),
    };
  }

  private async consume(): Promise<void> {
    const { client, subscription } = this.options;
    const consumer = client.consumer({ groupId: subscription.group, ...consumerSettings });
    const { GROUP_JOIN, CRASH, REBALANCING } = consumer.events;
    consumer.on(GROUP_JOIN, ({ payload }) => this.current(consumer) && this.joined(payload.memberAssignment));
    consumer.on(REBALANCING, () => this.current(consumer) && void this.commits.flush());
    consumer.on(CRASH, ({ payload }) => {
      if (!this.current(consumer)) return;
      this.joined({});
      if (!payload.restart) this.crashed(payload.error);
    });
    this.consumer = consumer;
    await consumer.connect();
    await consumer.subscribe({ topics: [...subscription.topics], fromBeginning: true });
    this.joining = consumer
      .run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: (payload) => this.take(consumer, payload) })
      .catch((error: unknown) => this.crashed(error));
  }

  private current(consumer: Consumer): boolean {
    return consumer === this.consumer && !this.closing;
  }

  /** Hands the batch over and returns: kafkajs waits for all partitions of a broker before it fetches again. */
  private take(consumer: Consumer, payload: EachBatchPayload): Promise<void> {
    const { topic, partition } = payload.batch;
    const held = this.held.get(nameOf({ topic, partition }));
    if (!held || !this.current(consumer)) {
      payload.pause();
      return Promise.resolve();
    }
    this.commits.use(payload.commitOffsetsIfNecessary);
    held.feed(payload);
    return payload.heartbeat();
  }

  /** A new generation: what is assigned now begins anew, after what the old one has in hand. */
  private joined(assignment: Readonly<Record<string, readonly number[]>>): void {
    const before = this.held;
    this.held = new Map();
    this.commits.use(undefined);
    const ended = new Map([...before].map(([name, held]) => [name, held.stop('lost')]));
    for (const of of Object.entries(assignment).flatMap(([topic, partitions]) => partitions.map((partition) => ({ topic, partition })))) {
      const name = nameOf(of);
      const [held, end] = [before.get(name), ended.get(name)];
      before.delete(name);
      this.held.set(
        name,
        new HeldPartition({
          of,
          handle: this.options.subscription.handle,
          concurrency: this.options.subscription.concurrency ?? 1,
          logger: this.options.logger,
          flows: () => this.pauses.flows(of),
          progressed: () => this.commits.progressed(),
          ...(held && end && { previous: { held, ended: end } }),
        }),
      );
    }
    for (const { of } of before.values()) this.pauses.forget(of);
    if (this.held.size > 0) this.crashes = 0;
    this.options.logger.info({ group: this.options.subscription.group, partitions: [...this.held.keys()] }, 'partitions assigned');
  }

  /** kafkajs would leave a member dead after some errors; a new consumer takes its place, a few times. */
  private crashed(error: unknown): void {
    if (this.closing) return;
    const cause = error instanceof Error ? error : new Error(String(error));
    this.crashes += 1;
    this.options.logger.error(
      { err: cause, group: this.options.subscription.group, crashes: this.crashes },
      'a consumer ended; another takes its place',
    );
    if (this.crashes > maxCrashes) this.fail(cause);
    else void this.replace();
  }

  private async replace(): Promise<void> {
    const old = this.consumer;
    this.consumer = undefined;
    this.joined({});
    await this.disconnect(old);
    await sleep(500 * this.crashes);
    if (!this.closing) await this.consume().catch((error: unknown) => this.crashed(error));
  }

  private wake(): void {
    for (const held of this.held.values()) held.wake();
  }

  private async close(): Promise<void> {
    this.watchdog.stop();
    const timeUp = new AbortController();
    const limit = sleep(closeWithinMs, undefined, { signal: timeUp.signal }).catch(() => undefined);
    await Promise.race([Promise.all([...this.held.values()].map((held) => held.stop('held'))), limit]);
    timeUp.abort();
    await this.commits.flush();
    this.commits.stop();
    for (const held of this.held.values()) held.state = 'lost';
    this.held.clear();
    await this.disconnect(this.consumer);
  }

  private async disconnect(consumer: Consumer | undefined): Promise<void> {
    await Promise.race([this.joining, sleep(joinWithinMs, undefined, { ref: false })]);
    await consumer
      ?.disconnect()
      .catch((error: unknown) => this.options.logger.warn({ err: error }, 'a consumer did not disconnect cleanly'));
  }
}
