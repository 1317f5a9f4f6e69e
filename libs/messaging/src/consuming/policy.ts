/** How long a consumer goes on with a message that fails. Data; every wait is jittered by ±20 %. */
export type RetryPolicy = {
  /** Waits before the second and third try in place; their sum stays under one second. */
  readonly inPlaceMs: readonly number[];
  /** Pauses of the whole partition, walked only while many keys fail at once: a lone sick key is parked without making its neighbours wait. */
  readonly laterMs: readonly number[];
  /** After this long in hand (ms) a message is parked, whatever the ladder says. */
  readonly inHandMs: number;
  /** Waits between retries of a parked message; after the last one it is dead. */
  readonly parkedMs: readonly number[];
  /** How long a gap may heal by itself (ms) before it is dead. */
  readonly gapMs: number;
};

const second = 1000;
const minute = 60 * second;

/** Source: docs/messaging.md, "When a message fails". Retried for about an hour in all. */
export const defaultPolicy: RetryPolicy = {
  inPlaceMs: [100, 400],
  laterMs: [1 * second, 2 * second, 4 * second],
  inHandMs: 10 * second,
  parkedMs: [
    1 * second,
    2 * second,
    4 * second,
    8 * second,
    15 * second,
    30 * second,
    1 * minute,
    2 * minute,
    5 * minute,
    10 * minute,
    20 * minute,
    20 * minute,
  ],
  gapMs: 1 * minute,
};

/** Spreads a wait over ±20 %, so that many who failed together do not come back together. `random` in [0, 1). */
export function jittered(waitMs: number, random: number): number {
  return Math.round(waitMs * (0.8 + 0.4 * random));
}
