import type { KafkaMessage } from 'kafkajs';
import type { LogRecord, TopicPartition } from '../../event-log.js';

/** A message as a record. Whoever wrote it may not be one of us: a value that is not UTF-8 stays bytes, a repeated header gives its last. */
export function recordOf({ topic, partition }: TopicPartition, { offset, timestamp, key, headers = {}, value }: KafkaMessage): LogRecord {
  const text = value === null ? null : textOf(value);
  const given = Object.entries(headers).map(([name, header]): [string, string] => [name, headerOf(header)]);
  return {
    topic,
    partition,
    offset: BigInt(offset),
    timestamp: new Date(Number(timestamp)),
    key: key === null ? null : key.toString(),
    headers: Object.fromEntries(given),
    value: text ?? null,
    ...(value !== null && text === undefined && { raw: new Uint8Array(value) }),
  };
}

function textOf(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') && !Buffer.from(text).equals(bytes) ? undefined : text;
}

function headerOf(header: Buffer | string | (Buffer | string)[] | undefined): string {
  const last = Array.isArray(header) ? header.at(-1) : header;
  return last?.toString() ?? '';
}
