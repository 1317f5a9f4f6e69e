import { url as debuggerUrl } from 'node:inspector';
import type { Logger } from '../logger.js';
import type { Run } from './connections.js';
import { memberLockClass } from './session.js';
import type { ClaimRow } from './survey.js';

/** The tick of a member is a query on the session that holds its lock, so `state_change` is its heartbeat, without a write. */
const terminateStuck = {
  name: 'log-evict',
  text: `SELECT l.objid::int, pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
         WHERE l.locktype = 'advisory' AND l.classid = ${memberLockClass} AND l.objsubid = 2 AND l.granted AND l.objid::int = ANY($1)
         AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND a.usename = current_user AND a.state_change < clock_timestamp() - $2 * interval '1 millisecond'`,
};

/** Ends the session of a member that holds records back and has not ticked for long: stopped, or in an endless loop. It joins anew when it wakes. */
export class Evictor {
  private nextAt = 0;

  constructor(private readonly options: { readonly run: Run; readonly logger: Logger; readonly afterMs: number }) {}

  async consider(claims: readonly ClaimRow[], me: number): Promise<void> {
    const { run, logger, afterMs } = this.options;
    const holders = new Set(claims.filter(({ head, committed }) => head > committed).map(({ member }) => member));
    holders.delete(null);
    holders.delete(me);
    if (holders.size === 0 || afterMs === 0 || debuggerUrl() !== undefined || Date.now() < this.nextAt) return;
    this.nextAt = Date.now() + Math.min(afterMs / 4, 10_000);
    for (const [member] of await run<[number, boolean]>(terminateStuck, [[...holders], afterMs]))
      logger.warn({ member }, 'a stuck member was put out of its groups');
  }
}
