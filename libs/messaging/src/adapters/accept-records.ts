import type { NewRecord } from '../event-log.js';
import { InvalidRecord, RecordTooLarge } from './errors.js';

/** The largest value in bytes of UTF-8. Kafka's default `message.max.bytes` (1,048,588) leaves room for key, headers and framing. */
export const maxValueBytes = 1_000_000;
/** The largest key with all headers, in bytes of UTF-8. */
export const maxHeadBytes = 32_768;

/** In `u` mode a pair is one code point, so only a lone half matches. */
const loneSurrogate = /\p{Surrogate}/u;

/** Throws `RecordTooLarge` or `InvalidRecord` for the first record no log would keep as it is. Pure: nothing has been written then. */
export function acceptRecords(records: readonly NewRecord[]): void {
  for (const record of records) {
    acceptText(record);
    const value = Buffer.byteLength(record.value ?? '');
    if (value > maxValueBytes) throw new RecordTooLarge(record.topic, 'value', value, maxValueBytes);
    const head = headBytes(record);
    if (head > maxHeadBytes) throw new RecordTooLarge(record.topic, 'key and headers', head, maxHeadBytes);
  }
}

/** Bytes of key and headers. */
function headBytes({ key, headers }: NewRecord): number {
  return Object.entries(headers).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    Buffer.byteLength(key ?? ''),
  );
}

function acceptText({ topic, key, headers, value }: NewRecord): void {
  refuse(topic, 'value', value);
  refuse(topic, 'key', key);
  for (const [name, text] of Object.entries(headers)) {
    refuse(topic, 'name of a header', name);
    refuse(topic, `header "${name}"`, text);
  }
}

function refuse(topic: string, where: string, text: string | null): void {
  if (text === null) return;
  if (typeof text !== 'string') throw new InvalidRecord(topic, `its ${where} is not a text`);
  if (text.includes('\0')) throw new InvalidRecord(topic, `its ${where} contains NUL (U+0000)`);
  if (loneSurrogate.test(text)) throw new InvalidRecord(topic, `its ${where} contains a lone surrogate, which has no UTF-8`);
}
