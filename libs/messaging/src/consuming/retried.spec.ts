import { describe, expect, it } from '@jest/globals';
import { createBreadth } from './breadth.js';
import type { Delivery, Outcome, Setback, Step } from './delivery.js';
import { defaultPolicy } from './policy.js';
import { type Remembered, retried } from './retried.js';

const policy = { ...defaultPolicy, inPlaceMs: [], laterMs: [1_000, 1_000] };

function aDelivery(offset: bigint, signal = new AbortController().signal): Delivery {
  const record = { topic: 'order', partition: 0, offset, key: 'a', value: '{}', headers: {}, timestamp: new Date(0) };
  return { record, decoded: { kind: 'skip', because: 'unhandled' }, policy, signal } as unknown as Delivery;
}

describe('a sick message that is tried again later', () => {
  let nowMs = 0;
  const ongoing = new Map<string, Remembered>();
  const sick: Step<Outcome | Setback> = () => Promise.reject(new Error('sick'));
  const breadth = { ...createBreadth(() => nowMs), isWide: () => true };
  const step = retried(breadth, () => nowMs, ongoing)(sick);
  const kindAt = async (ms: number, offset: bigint) => {
    nowMs = ms;
    return (await step(aDelivery(offset))).kind;
  };

  it('walks its ladder to the end over several deliveries', async () => {
    expect([await kindAt(0, 1n), await kindAt(1_200, 1n), await kindAt(2_400, 1n)]).toEqual(['later', 'later', 'failed']);
    expect(ongoing.size).toBe(0);
  });

  it('begins anew when it comes back long after its pause', async () => {
    await kindAt(0, 1n);
    expect(await kindAt(3 * 3_600_000, 1n)).toBe('later');
  });

  it('is forgotten when it went to another process and the next falls sick', async () => {
    ongoing.clear();
    for (const offset of [1n, 2n, 3n]) await kindAt(0, offset);
    await kindAt(3_600_000, 9n);
    expect([...ongoing.keys()]).toEqual(['order/0/9']);
  });
});
