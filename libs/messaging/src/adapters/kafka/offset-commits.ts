import type { EachBatchPayload } from 'kafkajs';
import type { Logger } from '../logger.js';
import type { HeldPartition } from './held-partition.js';

const afterMs = 500;
const afterRecords = 100;
const afterFailureMs = 1_000;

export type CommitOffsets = EachBatchPayload['commitOffsetsIfNecessary'];

/**
 * Commits what was handled, with the callback of a batch of the running generation: `consumer.commitOffsets` does nothing while a consumer
 * stops (kafkajs src/consumer/runner.js). One commit at a time, always from a task of its own, so that none is sent between a rejoin and the news of it.
 */
export class OffsetCommits {
  private timer: NodeJS.Timeout | undefined;
  private handled = 0;
  private committing: Promise<void> | undefined;
  private send: CommitOffsets | undefined;

  constructor(
    private readonly held: () => Iterable<HeldPartition>,
    private readonly logger: Logger,
  ) {}

  /** The callback to use; undefined while the generation has had no batch, and so has nothing to commit. */
  use(send: CommitOffsets | undefined): void {
    this.send = send;
  }

  progressed(): void {
    this.handled += 1;
    if (this.handled === afterRecords) this.schedule(0);
    else if (!this.timer) this.schedule(afterMs);
  }

  /** Resolves when what was handled so far is committed, or cannot be. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.committing;
    this.committing = this.commit().finally(() => (this.committing = undefined));
    await this.committing;
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), ms);
  }

  private async commit(): Promise<void> {
    this.handled = 0;
    const dirty = [...this.held()].filter((partition) => partition.dirty);
    if (dirty.length === 0 || !this.send) return;
    const upTo = dirty.map(({ done }) => done ?? 0n);
    const topics = dirty.map(({ of }, index) => ({
      topic: of.topic,
      partitions: [{ partition: of.partition, offset: String(upTo[index]) }],
    }));
    try {
      await this.send({ topics: merged(topics) });
      dirty.forEach((partition, index) => (partition.committed = upTo[index]));
    } catch (error) {
      this.logger.warn({ err: error }, 'offsets were not committed; their records may be given again');
      this.schedule(afterFailureMs);
    }
  }
}

type TopicOffsets = { readonly topic: string; readonly partitions: { readonly partition: number; readonly offset: string }[] };

function merged(entries: readonly TopicOffsets[]): TopicOffsets[] {
  const topics = new Map<string, TopicOffsets>();
  for (const { topic, partitions } of entries)
    topics.set(topic, { topic, partitions: [...(topics.get(topic)?.partitions ?? []), ...partitions] });
  return [...topics.values()];
}
