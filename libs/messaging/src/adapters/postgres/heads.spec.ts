import { describe, expect, it } from '@jest/globals';
import { payloadOf, wakeUpOf } from './heads.js';

describe('a wake-up', () => {
  it('says how far partitions reach, or which group changed, and is read back', () => {
    const heads = {
      kind: 'heads',
      heads: new Map([
        [3, 55n],
        [14, 9_007_199_254_740_993n],
      ]),
    } as const;
    const group = { kind: 'group', group: 'order, ü:1' } as const;
    expect([payloadOf(heads), wakeUpOf(payloadOf(heads)), wakeUpOf(payloadOf(group))]).toEqual(['r3:55,14:9007199254740993', heads, group]);
  });

  it('becomes "look" when it does not fit or is not understood', () => {
    const many = new Map(Array.from({ length: 2_000 }, (_, part) => [part, 1_000_000n] as const));
    expect([wakeUpOf(payloadOf({ kind: 'heads', heads: many })), wakeUpOf('r3'), wakeUpOf('')]).toEqual(Array(3).fill({ kind: 'look' }));
  });
});
