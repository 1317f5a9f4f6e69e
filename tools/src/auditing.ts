import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from './failure.js';

/** What an audit has found, and the mark the next one goes on from; null when that has to be of everything. */
export type Audited = { readonly summary: string; readonly broken: number; readonly next: string | null };

/** A full audit that failed is tried again after an hour, milliseconds; what changes is looked at meanwhile. */
const fullAgainMs = 3_600_000;

/**
 * Audits again and again: first since the mark given, of everything without one, then since the one before, and of everything once in `fullEveryMs`. One that
 * fails is told, and the next one goes on from where the last good one was.
 */
export async function auditAgain(
  audit: (since: string | undefined) => Promise<Audited>,
  from: { readonly since: string | undefined; readonly everyMs: number; readonly fullEveryMs: number; readonly now?: () => number },
): Promise<never> {
  const { now = () => performance.now() } = from;
  let mark = from.since;
  for (let fullAt = now() + from.fullEveryMs; ; await sleep(from.everyMs)) {
    const isFull = mark === undefined || now() >= fullAt;
    try {
      const { summary, broken, next } = await audit(isFull ? undefined : mark);
      if (isFull) fullAt = now() + from.fullEveryMs;
      console.log(`${new Date().toISOString()} ${broken} violations (${summary})`);
      mark = next ?? undefined;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (isFull) fullAt = now() + fullAgainMs;
      console.error(`${new Date().toISOString()} not audited: ${error.message}`);
    }
  }
}
