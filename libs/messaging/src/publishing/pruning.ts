import type { Database, Statement } from '@tandem/kernel';
import type { Logger } from '../logger.js';
import { jittered } from '../consuming/policy.js';
import { pause } from '../waiting/alarm.js';

const minuteMs = 60_000;
/** Published rows are kept an hour, what can be followed of them 14 days; inbox rows 14 days (the mark goes on); replayed parked rows 14 days. Chunks keep locks short. */
const keep = { everyMs: 5 * minuteMs, publishedMs: 60 * minuteMs, inboxMs: 14 * 24 * 60 * minuteMs, chunk: 1000 };

const publishedSql: Statement = {
  name: 'messaging.prune.outbox',
  text: `WITH gone AS (DELETE FROM messaging.outbox WHERE id IN (SELECT id FROM messaging.outbox WHERE published_at < now() - $1 * interval '1 ms' ORDER BY id LIMIT $2)
      RETURNING key, headers::json AS head, created_at, published_at),
    kept AS (INSERT INTO messaging.published (event_id, key, type, created_at, published_at)
      SELECT (head->>'ce_id')::uuid, key, head->>'ce_type', created_at, published_at FROM gone ON CONFLICT DO NOTHING)
    SELECT FROM gone`,
};
const followedSql: Statement = {
  name: 'messaging.prune.published',
  text: 'DELETE FROM messaging.published WHERE event_id IN (SELECT event_id FROM messaging.published WHERE event_id < $1::uuid ORDER BY event_id LIMIT $2) RETURNING 1',
};
const inboxSql: Statement = {
  name: 'messaging.prune.inbox',
  text: 'DELETE FROM messaging.inbox WHERE ctid = ANY(ARRAY(SELECT ctid FROM messaging.inbox WHERE grp = $3 AND event_id < $1::uuid LIMIT $2)) RETURNING 1',
};
const replayedSql: Statement = {
  name: 'messaging.prune.parked',
  text: `DELETE FROM messaging.parked WHERE id IN (
    SELECT id FROM messaging.parked WHERE status = 'replayed' AND sequence IS NOT NULL AND closed_at < now() - $1 * interval '1 ms' LIMIT $2) RETURNING 1`,
};

/** Removes what is no longer needed, a little at a time, on the replica that leads. */
export type Pruning = { start(): void; stop(): Promise<void> };

export function createPruning({
  database,
  group,
  leads,
  logger,
}: {
  database: Database;
  group: string;
  leads: () => boolean;
  logger: Logger;
}): Pruning {
  const halt = new AbortController();
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    for (;;) {
      await pause(jittered(keep.everyMs, Math.random()), halt.signal);
      if (halt.signal.aborted) return;
      if (leads())
        await prune(database, group, { now: new Date() }).catch((error: unknown) =>
          logger.warn({ err: error }, 'pruning failed; it is tried again later'),
        );
    }
  };
  return {
    start: () => void (running ??= run()),
    async stop() {
      halt.abort();
      await running;
    },
  };
}

/** One pass over everything; `publishedMs`: how long published rows are kept. */
export async function prune(
  database: Database,
  group: string,
  { now, publishedMs = keep.publishedMs }: { readonly now: Date; readonly publishedMs?: number },
): Promise<void> {
  await inChunks(database, publishedSql, [publishedMs]);
  const oldest = firstUuidOf(now.getTime() - keep.inboxMs);
  await inChunks(database, followedSql, [oldest]);
  await inChunks(database, inboxSql, [oldest, group]);
  await inChunks(database, replayedSql, [keep.inboxMs]);
}

async function inChunks(database: Database, statement: Statement, [until, ...rest]: readonly unknown[]): Promise<void> {
  let removed: number;
  do removed = (await database.query(statement, [until, keep.chunk, ...rest])).length;
  while (removed === keep.chunk);
}

/** The least UUIDv7 of a moment: its first 48 bits are milliseconds. Source: RFC 9562, 5.7. */
export function firstUuidOf(epochMs: number): string {
  const hex = epochMs.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
