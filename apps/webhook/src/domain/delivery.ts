import type { DisabledWhy } from './endpoint.js';

/** One event to one endpoint. Ids are UUIDs. */
export type Delivery = {
  readonly id: string;
  readonly sequence: bigint;
  readonly event: string;
  readonly orderId: string;
  readonly status: 'pending' | 'delivered' | 'failed';
  readonly attempts: number;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly createdAt: Date;
};

/** What came of one attempt. `status` is null when nothing was answered. */
export type Attempt =
  | { readonly kind: 'taken'; readonly status: number }
  | { readonly kind: 'not-taken'; readonly status: number | null; readonly because: string; readonly retryAfterMs?: number };

export type Outcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'again'; readonly afterMs: number }
  | { readonly kind: 'given-up' }
  | { readonly kind: 'disable'; readonly because: DisabledWhy };

const seconds = 1_000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

/** A delivery is tried for this long, counted from when it was planned or asked for again. */
export const triedForMs = 72 * hours;

/** Pauses between attempts; the last one again and again. */
const pauses = [5 * seconds, 30 * seconds, 2 * minutes, 10 * minutes, 30 * minutes, 2 * hours, 5 * hours, 10 * hours, 12 * hours];

/** At most this long is waited because a receiver says so. */
const longestRetryAfterMs = hours;

export type Tried = {
  /** This attempt included. */
  readonly attempts: number;
  readonly leftMs: number;
  /** How long the endpoint has taken nothing; 0 when it did last time. */
  readonly failingForMs: number;
  /** 0 to 1, spreads what failed together. */
  readonly chance: number;
};

/** What follows from an attempt. A receiver that is gone, or has taken nothing for three days, is not told any more. Source: Standard Webhooks 1.0. */
export function judge(attempt: Attempt, { attempts, leftMs, failingForMs, chance }: Tried): Outcome {
  if (attempt.kind === 'taken') return { kind: 'delivered' };
  if (attempt.status === 410) return { kind: 'disable', because: 'gone' };
  if (failingForMs >= triedForMs) return { kind: 'disable', because: 'failing' };
  if (leftMs <= 0) return { kind: 'given-up' };
  const pause = pauses[Math.min(attempts, pauses.length) - 1] ?? 0;
  const asked = Math.min(attempt.retryAfterMs ?? 0, longestRetryAfterMs);
  return { kind: 'again', afterMs: Math.min(Math.max(asked, Math.round(pause * (0.9 + 0.2 * chance))), Math.max(leftMs, seconds)) };
}
