import { describe, expect, it } from '@jest/globals';
import { createSpread, partitionOfKey } from './partition-of-key.js';

describe('partition of a key', () => {
  it('is the one Kafka’s own clients choose', () => {
    const keys = ['', 'a', 'ab', 'abc', 'abcd', 'ord_01h455vb4pex5vsknk084sn02q', 'Grüße', '鍵', '🙂🙂'];
    expect(keys.map((key) => partitionOfKey(key, 12))).toEqual([9, 4, 2, 3, 8, 1, 3, 0, 6]);
  });

  it('spreads records without a key evenly', () => {
    const spread = createSpread();
    expect([1, 2, 3, 4].map(() => spread('t', null, 3))).toEqual([0, 1, 2, 0]);
  });
});
