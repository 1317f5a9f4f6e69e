import { describe, expect, it } from '@jest/globals';
import { recordOf } from './record.js';

const message = (value: Buffer | null, headers: Record<string, Buffer | Buffer[]> = {}) =>
  ({ offset: '9007199254740993', timestamp: '1700000000000', key: null, attributes: 0, size: 0, value, headers }) as Parameters<
    typeof recordOf
  >[1];
const place = { topic: 't', partition: 3 };
const rest = { ...place, offset: 9_007_199_254_740_993n, timestamp: new Date(1_700_000_000_000), key: null };

describe('a Kafka message as a record', () => {
  it('keeps text, replacement characters included', () => {
    expect(recordOf(place, message(Buffer.from('ü \ufffd')))).toEqual({ ...rest, headers: {}, value: 'ü \ufffd' });
  });

  it('keeps the bytes of what is not UTF-8', () => {
    expect(recordOf(place, message(Buffer.from([0xff, 0xfe])))).toEqual({
      ...rest,
      headers: {},
      value: null,
      raw: new Uint8Array([0xff, 0xfe]),
    });
  });

  it('is a tombstone without a value, and gives the last of repeated headers', () => {
    expect(recordOf(place, message(null, { h: [Buffer.from('1'), Buffer.from('2')] }))).toEqual({
      ...rest,
      headers: { h: '2' },
      value: null,
    });
  });
});
