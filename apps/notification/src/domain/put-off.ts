import { unaskableMs } from './lease.js';
import { isUnanswered } from './mail-transport.js';

/** A mail is tried until it was put off for so long in all, milliseconds. Source: docs/reference/mail.md. */
const atMostMs = 48 * 3_600_000;

/** `putOffMs`: how long the mail has been put off in all, this time included. */
export type PuttingOff = { readonly kind: 'again'; readonly afterMs: number; readonly putOffMs: number } | { readonly kind: 'given-up' };

/**
 * What becomes of a mail that alone could not go, and had been put off for `putOffMs` before: it rests for `waitMs`, or, when the server was given it and did
 * not answer, for as long as the server may still take it.
 */
export function putOff(putOffMs: number, error: unknown, waitMs: number): PuttingOff {
  if (putOffMs >= atMostMs) return { kind: 'given-up' };
  const afterMs = isUnanswered(error) ? unaskableMs : waitMs;
  return { kind: 'again', afterMs, putOffMs: putOffMs + afterMs };
}
