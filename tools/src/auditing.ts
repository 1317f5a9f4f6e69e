import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from './failure.js';

/** What an audit has found, and the mark the next one goes on from; null when that has to be of everything. */
export type Audited = { readonly summary: string; readonly broken: number; readonly next: string | null };

/** Audits again and again: first since the mark given, of everything without one, then since the one before. One that fails is told, and the next one goes on from where the last good one was. */
export async function auditAgain(
  audit: (since: string | undefined) => Promise<Audited>,
  from: { readonly since: string | undefined; readonly everyMs: number },
): Promise<never> {
  for (let since = from.since; ;) {
    try {
      const { summary, broken, next } = await audit(since);
      console.log(`${new Date().toISOString()} ${broken} violations (${summary})`);
      since = next ?? undefined;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      console.error(`${new Date().toISOString()} not audited: ${error.message}`);
    }
    await sleep(from.everyMs);
  }
}
