import { unaskableMs } from './lease.js';
import { isUnanswered } from './mail-transport.js';

/** A mail that its server puts off is tried until it was put off for so long in all, milliseconds. */
const atMostMs = 48 * 3_600_000;

/** `putOffMs`: how long the mail has been put off in all, this time included. */
export type PuttingOff = { readonly kind: 'again'; readonly afterMs: number; readonly putOffMs: number } | { readonly kind: 'given-up' };

/**
 * What becomes of a mail that its server has put off by an answer that means this mail, when it was put off for `putOffMs` before. It rests for `waitMs`, or, when
 * the server has it and did not say whether it takes it, until it must have said so.
 */
export function putOff(putOffMs: number, error: unknown, waitMs: number): PuttingOff {
  if (putOffMs >= atMostMs) return { kind: 'given-up' };
  const afterMs = isUnanswered(error) ? unaskableMs : waitMs;
  return { kind: 'again', afterMs, putOffMs: putOffMs + afterMs };
}
