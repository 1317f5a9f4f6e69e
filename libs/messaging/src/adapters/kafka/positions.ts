import kafkajs, { type Admin } from 'kafkajs';
import type { PartitionLag, Position } from '../../event-log.js';
import { GroupNotEmpty } from '../errors.js';
import type { KafkaClient } from './client.js';

export type Offset = { readonly partition: number; readonly offset: bigint };

/** Per partition of every topic the group has committed or its members hold. */
export function lag(client: KafkaClient, group: string): Promise<readonly PartitionLag[]> {
  return client.admin(async (admin) => {
    const committed = await committedOf(admin, group);
    const topics = [...new Set([...committed.keys(), ...(await claimedTopics(admin, group))])].sort();
    const found = await Promise.all(
      topics.map(async (topic) => lagOfTopic(topic, await admin.fetchTopicOffsets(topic), committed.get(topic))),
    );
    return found.flat();
  });
}

/** Where a position lies in each partition it names. */
export function offsetsOf(client: KafkaClient, topic: string, position: Position): Promise<readonly Offset[]> {
  return client.admin(async (admin) => {
    if ('time' in position) {
      const found = await admin.fetchTopicOffsetsByTimestamp(topic, position.time.getTime());
      return found.map(({ partition, offset }) => ({ partition, offset: BigInt(offset) }));
    }
    const ends = (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => ({
      partition,
      low: BigInt(low),
      high: BigInt(high),
    }));
    if ('to' in position) return ends.map(({ partition, low, high }) => ({ partition, offset: position.to === 'earliest' ? low : high }));
    return ends
      .filter(({ partition }) => partition === position.partition)
      .map(({ partition, low, high }) => ({ partition, offset: clamp(position.offset, low, high) }));
  });
}

/** Partitions of the topic for which the group has no offset. */
export function unknownPartitions(client: KafkaClient, group: string, topic: string): Promise<readonly Offset[]> {
  return client.admin(async (admin) => {
    const committed = (await committedOf(admin, group)).get(topic);
    return (await admin.fetchTopicOffsets(topic))
      .filter(({ partition }) => !committed?.has(partition))
      .map(({ partition, high }) => ({ partition, offset: BigInt(high) }));
  });
}

/** Throws `GroupNotEmpty` while a member runs. */
export async function requireEmpty(client: KafkaClient, group: string): Promise<void> {
  const { groups } = await client.admin((admin) => admin.describeGroups([group]));
  const state = groups[0]?.state;
  if (state !== 'Empty' && state !== 'Dead') throw new GroupNotEmpty(group);
}

async function committedOf(admin: Admin, group: string): Promise<Map<string, Map<number, bigint>>> {
  const found = await admin.fetchOffsets({ groupId: group });
  const known = found
    .map(({ topic, partitions }) => ({ topic, partitions: partitions.filter(({ offset }) => Number(offset) >= 0) }))
    .filter(({ partitions }) => partitions.length > 0);
  return new Map(
    known.map(({ topic, partitions }) => [topic, new Map(partitions.map(({ partition, offset }) => [partition, BigInt(offset)]))]),
  );
}

async function claimedTopics(admin: Admin, group: string): Promise<readonly string[]> {
  const { groups } = await admin.describeGroups([group]);
  return (groups[0]?.members ?? []).flatMap(({ memberAssignment }) => {
    if (memberAssignment.length === 0) return [];
    return Object.keys(kafkajs.AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment ?? {});
  });
}

type Ends = { readonly partition: number; readonly low: string; readonly high: string };

function lagOfTopic(topic: string, ends: readonly Ends[], committed: ReadonlyMap<number, bigint> | undefined): readonly PartitionLag[] {
  const rows = ends.map(({ partition, low, high }): PartitionLag => {
    const end = BigInt(high);
    const at = clamp(committed?.get(partition) ?? BigInt(low), BigInt(low), end);
    return { topic, partition, committed: at, end, lag: end - at };
  });
  return rows.sort((a, b) => a.partition - b.partition);
}

const clamp = (value: bigint, low: bigint, high: bigint): bigint => (value < low ? low : value > high ? high : value);
