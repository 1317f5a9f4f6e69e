import type { Producer } from 'kafkajs';
import type { NewRecord } from '../../event-log.js';
import type { Logger } from '../logger.js';
import { createSpread } from '../partition-of-key.js';
import type { KafkaClient } from './client.js';

/** Below the broker's default `message.max.bytes` of 1,048,588 for all records of one partition in one request; a single record may be larger. */
const maxRequestBytes = 900_000;

/**
 * Sends with a plain producer, one request in flight, without a try of its own: whoever publishes sends the same batch again. Never
 * idempotent: when every try of a send loses its answer, kafkajs gives the next record the same sequence number and the broker drops it as
 * a copy, acknowledged. The producer stays while it is connected, as its one connection keeps copies in order; else, and after a request that was not
 * answered in time, the next send dials anew.
 */
export class Publisher {
  private producer: Promise<Producer> | undefined;
  private tail: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly client: KafkaClient,
    private readonly logger: Logger,
  ) {}

  /** Resolves when every record is acknowledged by all in-sync copies. */
  publish(records: readonly NewRecord[]): Promise<void> {
    const result = this.tail.then(() => this.sendAll(records));
    this.tail = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    await this.tail;
    await this.drop();
  }

  private async sendAll(records: readonly NewRecord[]): Promise<void> {
    for (const chunk of chunksOf(records)) await this.send(chunk);
  }

  private async send(records: readonly NewRecord[]): Promise<void> {
    const producer = await this.connected();
    await producer.sendBatch({ acks: -1, timeout: 3_000, topicMessages: byTopic(records) });
  }

  private async connected(): Promise<Producer> {
    this.producer ??= this.connect();
    try {
      return await this.producer;
    } catch (error) {
      this.producer = undefined;
      throw error;
    }
  }

  private async connect(): Promise<Producer> {
    await this.client.supported();
    const producer = this.client.producer({
      idempotent: false,
      allowAutoTopicCreation: false,
      retry: { retries: 0 },
      createPartitioner,
    });
    await producer.connect();
    producer.on(producer.events.DISCONNECT, () => (this.producer = undefined));
    return producer;
  }

  private async drop(): Promise<void> {
    const producer = this.producer;
    this.producer = undefined;
    await producer
      ?.then((open) => open.disconnect())
      .catch((error: unknown) => this.logger.debug({ err: error }, 'the producer was gone already'));
  }
}

/** The same place for a key as in every other adapter. */
function createPartitioner() {
  const spread = createSpread();
  return ({
    topic,
    partitionMetadata,
    message,
  }: {
    readonly topic: string;
    readonly partitionMetadata: readonly unknown[];
    readonly message: { readonly key?: Buffer | string | null };
  }): number => spread(topic, message.key?.toString() ?? null, partitionMetadata.length);
}

function byTopic(records: readonly NewRecord[]) {
  const topics = [...new Set(records.map(({ topic }) => topic))];
  return topics.map((topic) => ({
    topic,
    messages: records
      .filter((record) => record.topic === topic)
      .map(({ key, headers, value }) => ({ key, headers: { ...headers }, value })),
  }));
}

function chunksOf(records: readonly NewRecord[]): readonly (readonly NewRecord[])[] {
  const chunks: NewRecord[][] = [];
  let room = 0;
  for (const record of records) {
    const size = Buffer.byteLength(record.value ?? '') + Buffer.byteLength(JSON.stringify(record.headers)) + 100;
    if (size > room || chunks.length === 0) {
      chunks.push([]);
      room = maxRequestBytes;
    }
    chunks.at(-1)?.push(record);
    room -= size;
  }
  return chunks;
}
