import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from './failure.js';

/** What an audit has found, and the mark the next one goes on from; null when that has to be of everything. */
export type Audited = { readonly summary: string; readonly broken: number; readonly next: string | null };

/**
 * Audits again and again: first since the mark given, of everything without one, then since the one before, and each `fullEach`-th of everything. One that fails is told, and the next
 * one goes on from where the last good one was.
 */
export async function auditAgain(
  audit: (since: string | undefined) => Promise<Audited>,
  from: { readonly since: string | undefined; readonly everyMs: number; readonly fullEach: number },
): Promise<never> {
  for (let since = from.since, sinceFull = 0; ; sinceFull += 1) {
    if (sinceFull >= from.fullEach) since = undefined;
    try {
      const { summary, broken, next } = await audit(since);
      if (since === undefined) sinceFull = 0;
      console.log(`${new Date().toISOString()} ${broken} violations (${summary})`);
      since = next ?? undefined;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      console.error(`${new Date().toISOString()} not audited: ${error.message}`);
    }
    await sleep(from.everyMs);
  }
}
