import type { Database, Statement } from '@tandem/kernel';
import type { Retry } from '../consuming/admission.js';
import type { LogRecord } from '../event-log.js';

/** A claimed row is left alone by others for this long, ms: twice a handler's deadline, and how long a killed process delays a key. */
const leaseMs = 20_000;

const columns = `id, topic, partition, "offset"::text, key, headers, payload, encoding, recorded_at AS "recordedAt", attempts, rounds, forced`;

const claimSql: Statement = {
  name: 'messaging.retries.claim',
  text: `UPDATE messaging.parked SET next_at = now() + $3 * interval '1 ms' WHERE id IN (
    SELECT id FROM messaging.parked WHERE grp = $1 AND next_at <= now() ORDER BY next_at LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING ${columns}`,
};
const postponeSql: Statement = {
  name: 'messaging.retries.postpone',
  text: `UPDATE messaging.parked SET next_at = now() + $2 * interval '1 ms' WHERE id = $1 AND status = 'open' AND next_at IS NOT NULL`,
};
const dueSql: Statement = {
  name: 'messaging.retries.due',
  text: `SELECT (extract(epoch FROM min(next_at) - clock_timestamp()) * 1000)::float8 AS "inMs" FROM messaging.parked WHERE grp = $1 AND next_at IS NOT NULL`,
};

/** A parked message that is due. */
export type Due = { readonly retry: Retry; readonly record: LogRecord };

type Row = Retry & {
  topic: string;
  partition: number;
  offset: string | bigint;
  key: string | null;
  headers: Record<string, string>;
  payload: string | null;
  encoding: 'text' | 'base64';
  recordedAt: Date;
};

/** Takes up to `limit` heads of keys that are due; no other replica gets them meanwhile. */
export async function claimDue(database: Database, group: string, limit: number): Promise<readonly Due[]> {
  const rows = await database.query<Row>(claimSql, [group, limit, leaseMs]);
  return rows.map((row) => ({
    retry: { id: row.id, attempts: row.attempts, rounds: row.rounds, forced: row.forced },
    record: recordOf(row),
  }));
}

/** Gives a claimed row back untried. */
export async function postpone(database: Database, id: string, afterMs: number): Promise<void> {
  await database.query(postponeSql, [id, Math.round(afterMs)]);
}

/** Until the next row is due, in ms; negative when it is overdue, `undefined` when nothing waits. */
export async function nextDueMs(database: Database, group: string): Promise<number | undefined> {
  const [row] = await database.query<{ inMs: number | null }>(dueSql, [group]);
  return row?.inMs ?? undefined;
}

function recordOf(row: Row): LogRecord {
  const raw = row.encoding === 'base64' ? Buffer.from(row.payload ?? '', 'base64') : undefined;
  const isText = raw !== undefined && raw.equals(Buffer.from(raw.toString('utf8')));
  return {
    topic: row.topic,
    partition: row.partition,
    offset: BigInt(row.offset),
    key: row.key,
    headers: row.headers,
    value: raw ? (isText ? raw.toString('utf8') : null) : row.payload,
    timestamp: row.recordedAt,
    ...(raw && !isText ? { raw } : {}),
  };
}
