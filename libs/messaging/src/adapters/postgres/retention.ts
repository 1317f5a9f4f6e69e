import type pg from 'pg';
import type { Logger } from '../logger.js';
import { runOn } from './connections.js';

const everyMs = 3_600_000;
/** Rows per statement: each is its own short transaction. */
const chunk = 5_000n;
/** Whoever gets it sweeps. */
const lock = 7_403;

const tryLock = { name: 'log-sweep-lock', text: 'SELECT pg_try_advisory_lock($1)' };
const unlock = { name: 'log-sweep-unlock', text: 'SELECT pg_advisory_unlock($1)' };
const keepFrom = {
  name: 'log-keep-from',
  text: `SELECT id, first_offset, log_offset_at(id, $1::timestamptz - retention_days * interval '1 day') FROM part WHERE next_offset > first_offset`,
};
const raiseFirst = { name: 'log-raise-first', text: 'UPDATE part SET first_offset = $2 WHERE id = $1 AND first_offset < $2' };
const remove = { name: 'log-remove', text: 'DELETE FROM rec WHERE part = $1 AND "offset" >= $2 AND "offset" < $3' };

/** Removes what is older than its topic keeps. `first_offset` rises first, so nobody is sent to records that are going. */
export async function sweep(pool: pg.Pool, now: Date): Promise<void> {
  const client = await pool.connect();
  try {
    const [row] = await runOn<[boolean]>(client, tryLock, [lock]);
    if (!row?.[0]) return;
    for (const [part, first, keep] of await runOn<[number, string, string]>(client, keepFrom, [now])) {
      await runOn(client, raiseFirst, [part, keep]);
      for (let at = BigInt(first); at < BigInt(keep); at += chunk) {
        const until = at + chunk < BigInt(keep) ? at + chunk : BigInt(keep);
        await runOn(client, remove, [part, String(at), String(until)]);
      }
    }
    await runOn(client, unlock, [lock]);
  } finally {
    client.release();
  }
}

/** Sweeps hourly until stopped. */
export function startRetention(pool: pg.Pool, logger: Logger): () => void {
  const timer = setInterval(
    () => {
      sweep(pool, new Date()).catch((error: unknown) => logger.warn({ err: error }, 'old records were not removed; the next sweep does'));
    },
    everyMs * (0.9 + Math.random() * 0.2),
  );
  timer.unref();
  return () => clearInterval(timer);
}
