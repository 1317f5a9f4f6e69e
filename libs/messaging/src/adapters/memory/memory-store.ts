import type { Topic } from '@tandem/contracts';
import type { LogRecord, NewRecord, PartitionLag, Position, TopicPartition } from '../../event-log.js';
import { PartitionCountDiffers, UnknownTopic } from '../errors.js';
import { createSpread } from '../partition-of-key.js';
import { MemoryGroup } from './memory-group.js';

/** What several clients of one memory log share: records per topic and partition, and the groups. Gone with the process. */
export class MemoryStore {
  private readonly topics = new Map<string, LogRecord[][]>();
  private readonly groups = new Map<string, MemoryGroup>();
  private readonly spread = createSpread();

  ensure({ name, partitions }: Topic): void {
    const found = this.topics.get(name)?.length;
    if (found === undefined)
      this.topics.set(
        name,
        Array.from({ length: partitions }, () => []),
      );
    else if (found !== partitions) throw new PartitionCountDiffers(name, found, partitions);
  }

  /** Appends all or, when a topic is unknown, nothing. */
  append(records: readonly NewRecord[]): void {
    for (const { topic } of records) this.partitionsOf(topic);
    for (const record of records) {
      const partitions = this.partitionsOf(record.topic);
      const partition = this.spread(record.topic, record.key, partitions.length);
      const into = this.records({ topic: record.topic, partition });
      into.push({ ...record, headers: { ...record.headers }, partition, offset: BigInt(into.length), timestamp: new Date() });
    }
    for (const group of this.groups.values()) group.wake();
  }

  /** The records of a partition, as they stand. */
  records({ topic, partition }: TopicPartition): LogRecord[] {
    const records = this.partitionsOf(topic)[partition];
    if (!records) throw new UnknownTopic(`${topic}[${partition}]`);
    return records;
  }

  partitionsOf(topic: string): LogRecord[][] {
    const partitions = this.topics.get(topic);
    if (!partitions) throw new UnknownTopic(topic);
    return partitions;
  }

  /** The group of this name; it begins to exist. */
  group(name: string): MemoryGroup {
    const group = this.groups.get(name) ?? new MemoryGroup(this);
    this.groups.set(name, group);
    return group;
  }

  lag(name: string): readonly PartitionLag[] {
    const group = this.groups.get(name);
    return (group?.claimed() ?? []).map(({ topic, partition, committed }) => {
      const end = BigInt(this.records({ topic, partition }).length);
      return { topic, partition, committed, end, lag: end - committed };
    });
  }

  /** Offset of a position in one partition; undefined when the position names another partition. */
  offsetOf(of: TopicPartition, position: Position): bigint | undefined {
    const records = this.records(of);
    const end = BigInt(records.length);
    if ('to' in position) return position.to === 'earliest' ? 0n : end;
    if ('time' in position) return records.find((record) => record.timestamp >= position.time)?.offset ?? end;
    if (position.partition !== of.partition) return undefined;
    return position.offset < 0n ? 0n : position.offset > end ? end : position.offset;
  }
}
