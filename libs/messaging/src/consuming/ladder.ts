import type { RetryPolicy } from './policy.js';

/** What is known of a message that has just failed. */
export type Failure = {
  /** Tries so far, this one included. */
  readonly attempts: number;
  /** Since its first try, ms. */
  readonly elapsedMs: number;
  /** Many keys fail at the moment: the fault is probably not this message's. */
  readonly isWide: boolean;
};

export type Step =
  /** Try again in place. */
  | { readonly kind: 'again'; readonly afterMs: number }
  /** Pause the partition. */
  | { readonly kind: 'later'; readonly afterMs: number }
  | { readonly kind: 'park' };

/** In place is at most this long, ms: it blocks the partition, and on Kafka the fetch of its neighbours. */
const inPlaceLimitMs = 1000;

/** What to do with a message that has failed. A lone one is parked after its tries in place; while many fail, partitions pause first. */
export function nextStep(policy: RetryPolicy, { attempts, elapsedMs, isWide }: Failure): Step {
  const inPlace = policy.inPlaceMs[attempts - 1];
  if (inPlace !== undefined && elapsedMs + inPlace <= inPlaceLimitMs) return { kind: 'again', afterMs: inPlace };
  if (!isWide || elapsedMs >= policy.inHandMs) return { kind: 'park' };
  const later = policy.laterMs[Math.max(0, attempts - 1 - policy.inPlaceMs.length)];
  return later === undefined ? { kind: 'park' } : { kind: 'later', afterMs: later };
}

/** When a parked message is tried again, after `rounds` retries that failed; `dead` after the policy's end. */
export function nextRound(
  policy: RetryPolicy,
  rounds: number,
): { readonly kind: 'open'; readonly afterMs: number } | { readonly kind: 'dead' } {
  const afterMs = policy.parkedMs[rounds];
  return afterMs === undefined ? { kind: 'dead' } : { kind: 'open', afterMs };
}
