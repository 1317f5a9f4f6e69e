import { bulkhead, BulkheadRejectedError } from 'cockatiel';
import { errors } from 'undici';

/** Calls to a bank at one time, and how many may wait for a place: a bank that hangs takes no more of the shop than this. */
export const places = { atOnce: 64, waiting: 256 };
/** With less time left than this a call is not worth sending, milliseconds. */
export const leastMs = 50;
/** Pauses before a charge is tried again after a connection that was cut (a bank that restarts), milliseconds. */
export const cutPausesMs: readonly number[] = [100, 300, 600, 1_000, 2_000];
/** Pauses before a charge is tried again after an answer of 5xx, milliseconds. */
export const failedPausesMs: readonly number[] = [50, 200];

/** Runs a call when there is a place for it; `away`: there was none, and nothing was sent. */
export type Line = <T>(call: () => Promise<T>) => Promise<T | 'away'>;

/** The line to one bank. */
export function lineToBank(): Line {
  const guard = bulkhead(places.atOnce, places.waiting);
  return (call) =>
    guard.execute(call).catch((error: unknown) => {
      if (error instanceof BulkheadRejectedError) return 'away' as const;
      throw error;
    });
}

/** True when the connection was not made, so that nothing can have been done. */
export function wasNeverSent(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return (
    (typeof code === 'string' && /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/.test(code)) ||
    error instanceof errors.ConnectTimeoutError
  );
}
