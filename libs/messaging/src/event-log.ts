import type { Topic } from '@tandem/contracts';

/** A record to append. Records with one key go to one partition and keep the order they were published in. */
export type NewRecord = {
  readonly topic: string;
  readonly key: string | null;
  /** With the key at most 32,768 bytes of UTF-8. */
  readonly headers: Readonly<Record<string, string>>;
  /** Text (JSON). `null` is a tombstone; an empty text is allowed. At most 1,000,000 bytes of UTF-8. */
  readonly value: string | null;
};

/** A record as it stands in the log. `offset` rises by one per partition; an offset never names two records of one log epoch. */
export type LogRecord = NewRecord & {
  readonly partition: number;
  readonly offset: bigint;
  readonly timestamp: Date;
  /** The bytes, only when they are not valid UTF-8 (`value` is then null): whoever wrote them was not one of us. */
  readonly raw?: Uint8Array;
};

/** What a handler says of one record. It never throws for a business failure: a throw counts as `later` after one second. */
export type Verdict =
  | { readonly kind: 'done' }
  /** Pause this partition, give the same record again after `afterMs`; other partitions flow meanwhile. */
  | { readonly kind: 'later'; readonly afterMs: number };

export type SubscribeOptions = {
  /** Members of one group share its partitions; groups do not know each other. */
  readonly group: string;
  readonly topics: readonly string[];
  /** Where a group that has never committed begins. Default `earliest`. */
  readonly from?: 'earliest' | 'latest';
  /**
   * Records of one partition that may be in hand at a time, if their keys differ. Default 1. What is committed is what everything before is
   * done too, so more may be given again after a crash; the order of a key holds in any case.
   */
  readonly concurrency?: number;
  /** One record of a key at a time, partitions side by side. `signal` fires when the partition is lost or the member closes. */
  readonly handle: (record: LogRecord, signal: AbortSignal) => Promise<Verdict>;
};

export type TopicPartition = { readonly topic: string; readonly partition: number };

/** A member of a group. */
export type Subscription = {
  assigned(): readonly TopicPartition[];
  /** Delivers nothing of the partition until `resume`. A record in hand is finished. Lost when the partition moves to another member. */
  pause(of: TopicPartition): void;
  resume(of: TopicPartition): void;
  /** Pauses or resumes everything, present and future assignments alike. */
  pauseAll(): void;
  resumeAll(): void;
  /** Settles with the cause when the member can never deliver again (the process should end); never settles otherwise. */
  readonly failed: Promise<Error>;
  /** Takes no new record, waits for those in hand (≤ 10 s), commits them, leaves the group. Asking again changes nothing. */
  close(): Promise<void>;
};

export type PartitionLag = TopicPartition & {
  /** Next offset the group will get. */
  readonly committed: bigint;
  /** Next offset the log will give. */
  readonly end: bigint;
  readonly lag: bigint;
};

/** Where a group is put by `seek`. */
export type Position =
  { readonly to: 'earliest' | 'latest' } | { readonly offset: bigint; readonly partition: number } | { readonly time: Date };

/**
 * A partitioned, replayable log. At-least-once: a record is given again until a handler said `done` and the offset was committed.
 * Proved for every adapter by `event-log.contract.ts`.
 */
export type EventLog = {
  readonly kind: 'postgres' | 'kafka' | 'memory';
  /** Creates what is missing, never changes what is there. Throws when an existing topic has another number of partitions. */
  ensureTopics(topics: readonly Topic[]): Promise<void>;
  /**
   * Appends in order. Resolves only when every record is durable. A rejection leaves the outcome unknown: send the same batch again,
   * copies are dropped by the consumers' high-water mark. Throws `UnknownTopic`, `RecordTooLarge`, `InvalidRecord` (nothing written) at once.
   */
  publish(records: readonly NewRecord[]): Promise<void>;
  /** Joins a group. One member per group and client: a second member needs a client of its own. Throws `UnknownTopic`, or when the log is away. */
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  /** Per partition of the topics the group has claimed or committed; empty for an unknown group. */
  lag(group: string): Promise<readonly PartitionLag[]>;
  /** Records of one partition from `offset` on, without a group; at most `limit`. */
  read(from: TopicPartition & { readonly offset: bigint }, limit: number): Promise<readonly LogRecord[]>;
  /** Moves a group. On Kafka only while the group has no members; throws `GroupNotEmpty` otherwise. */
  seek(group: string, topic: string, position: Position): Promise<void>;
  /** Resolves when the log answers; throws otherwise (≤ 5 s). */
  ping(): Promise<void>;
  /** Closes subscriptions, then connections. */
  close(): Promise<void>;
};
