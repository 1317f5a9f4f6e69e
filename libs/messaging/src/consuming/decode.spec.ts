import { describe, expect, it } from '@jest/globals';
import type { EventDefinition } from '@tandem/contracts';
import { z } from 'zod';
import type { LogRecord } from '../event-log.js';
import { CountedV1, recordOf } from '../spec-service.js';
import type { Subscriber } from '../strategy.js';
import { decode, subscriptionsOf } from './decode.js';

const subscriber = { definition: CountedV1, options: {}, call: async () => undefined } as unknown as Subscriber;
const subscriptions = subscriptionsOf([subscriber]);
const known = new Set([CountedV1.type, 'order.counted.v2', 'order.other.v1']);
const id = '01234567-89ab-7def-8000-000000000000';
const timestamp = new Date('2026-01-02T03:04:05Z');

function record(changes: Parameters<typeof recordOf>[2] = {}, more: Partial<LogRecord> = {}): LogRecord {
  const published = recordOf({ orderId: 'a', n: 1 }, 5, { id, ...changes });
  return {
    ...published,
    headers: { ...published.headers, ce_time: '2026-01-01T00:00:00.000Z' },
    partition: 3,
    offset: 9n,
    timestamp,
    ...more,
  };
}

function brokenCodec(): never {
  throw new TypeError('no such property');
}

const read = (of: LogRecord) => decode(of, subscriptions, known);
const place = { topic: 'order', key: 'a', sequence: 5n, eventId: id };

describe('a record', () => {
  it('is an event with its place in the order of its key', () => {
    expect(read(record())).toEqual({
      kind: 'event',
      place,
      message: {
        id,
        type: CountedV1.type,
        source: '/tandem/spec',
        time: new Date('2026-01-01T00:00:00Z'),
        topic: 'order',
        partition: 3,
        offset: 9n,
        key: 'a',
        sequence: 5n,
        headers: record().headers,
        data: { orderId: 'a', n: 1 },
      },
      subscribers: [subscriber],
    });
  });

  it('is skipped when its type, or this version of it, is handled elsewhere', () => {
    expect(['order.other.v1', 'order.counted.v2', 'never.heard.v1', 'nonsense'].map((type) => read(record({ type })).kind)).toEqual(
      Array(4).fill('unhandled'),
    );
  });

  it('is invalid as an unknown major of what is handled here', () => {
    expect(read(record({ type: 'order.counted.v3' }))).toEqual({
      kind: 'invalid',
      place,
      type: 'order.counted.v3',
      because: 'unknown major of a known event: order.counted.v3',
    });
  });

  it('is invalid, but keeps its place, when only its value is wrong', () => {
    const because = [
      record({ value: null }),
      record({ value: '' }),
      record({ value: '{"orderId":"a"}' }),
      record({}, { value: null, raw: new Uint8Array([255]) }),
    ].map(read);
    expect(because.map(({ kind, place: at }) => ({ kind, at }))).toEqual(Array(4).fill({ kind: 'invalid', at: place }));
  });

  it('is invalid, but keeps its place, when its schema throws', () => {
    const schema = z.object({ orderId: z.string().transform((): string => brokenCodec()), n: z.int() });
    const throwing = subscriptionsOf([{ ...subscriber, definition: { ...CountedV1, schema } as unknown as EventDefinition }]);
    expect(decode(record(), throwing, known)).toEqual({
      kind: 'invalid',
      place,
      type: CountedV1.type,
      because: 'its schema throws: TypeError: no such property',
    });
  });

  it('is invalid without a place when it is none of ours', () => {
    const none = [{ key: null }, { key: 'a\0' }, { key: 'x'.repeat(257) }, { headers: {} }, { headers: { ce_type: CountedV1.type } }].map(
      (more) => read(record({}, more)),
    );
    const broken = [
      { ce_id: 'x' },
      { ce_sequence: '0' },
      { ce_sequence: '-1' },
      { ce_sequence: '1e3' },
      { ce_sequence: '9'.repeat(19) },
    ].map((headers) => read(record({}, { headers: { ...record().headers, ...headers } })));
    expect([...none, ...broken].map(({ kind, place: at }) => ({ kind, at }))).toEqual(Array(10).fill({ kind: 'invalid', at: undefined }));
  });
});
