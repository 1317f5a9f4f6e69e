import { type Database, sessionOf, type Statement } from '@tandem/kernel';
import type { News, Telling } from '../domain/news.js';
import { timingFrom, type TimingRow } from './pg-preferences.js';

const statement = (name: string, text: string): Statement => ({ name: `notification_${name}`, text });

/** Longer than sending one mail may take, milliseconds. */
const leaseMs = 30_000;
/** Who gets the mail of the day in one statement. */
const mostGathered = 500;

const owe = statement(
  'owe_news',
  `WITH noticed AS (INSERT INTO notice (kind, event_id, owner_id, title) VALUES ($1, $2::uuid, $3::uuid, $7) ON CONFLICT DO NOTHING)
  INSERT INTO telling (kind, event_id, owner_id, email, locale, facts) SELECT $1, $2::uuid, $3::uuid, $4::text, $5, $6::jsonb
  WHERE coalesce((SELECT wanted FROM preference WHERE subject IN ($3::text, lower($4::text)) AND topic = 'loyalty' ORDER BY subject = lower($4::text) LIMIT 1), true)
  ON CONFLICT DO NOTHING RETURNING 1`,
);
const take = statement(
  'take_news',
  `WITH taken AS (UPDATE telling SET status = 'sending', attempts = attempts + 1, due_at = now() + $2 * interval '1 ms' WHERE id IN (
    SELECT id FROM telling WHERE status IN ('due', 'sending') AND due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
  RETURNING *)
  SELECT id, kind, event_id AS "eventId", product_id AS "productId", owner_id AS "ownerId", email, locale, title, slug, facts, attempts,
    json_build_object('quiet_from', m.quiet_from, 'quiet_to', m.quiet_to, 'time_zone', m.time_zone, 'is_digest', m.is_digest) AS timing
  FROM taken LEFT JOIN mail_timing m USING (owner_id)`,
);
const end = statement(
  'end_news',
  `WITH ended AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS e (id uuid, status text, reason text, after_ms float8, untried int)),
    pruned AS (DELETE FROM telling WHERE id IN (SELECT id FROM telling WHERE ended_at < now() - interval '30 days' LIMIT 10))
  UPDATE telling t SET status = e.status, reason = e.reason, attempts = t.attempts - e.untried, due_at = now() + e.after_ms * interval '1 ms',
    ended_at = CASE WHEN e.status IN ('due', 'gathered') THEN NULL ELSE now() END
  FROM ended e WHERE t.id = e.id`,
);
const nextDue = statement(
  'next_news',
  `SELECT extract(epoch FROM min(due_at) - now())::float8 * 1000 AS ms FROM telling WHERE status IN ('due', 'sending')`,
);
/** Whoever comes second finds the rows taken, and nothing to make a mail of. */
const gather = statement(
  'gather',
  `WITH due AS (SELECT DISTINCT owner_id, email FROM telling WHERE status = 'gathered' AND due_at <= now() LIMIT ${mostGathered}),
    gone AS (UPDATE telling t SET status = 'digested', ended_at = now() FROM due d WHERE t.status = 'gathered' AND t.owner_id = d.owner_id AND t.email = d.email RETURNING t.*)
  INSERT INTO telling (kind, event_id, owner_id, email, locale, facts)
  SELECT 'digest', (array_agg(event_id ORDER BY event_id DESC))[1], owner_id, email, (array_agg(locale ORDER BY event_id DESC))[1],
    jsonb_build_object('items', jsonb_agg(jsonb_build_object('kind', kind, 'title', title, 'slug', slug, 'facts', facts) ORDER BY event_id))
  FROM gone GROUP BY owner_id, email ON CONFLICT DO NOTHING RETURNING 1`,
);

const statusOf = { sent: 'sent', rejected: 'rejected', again: 'due', held: 'due', gathered: 'gathered' } as const;

/** News in PostgreSQL. `onOwed` is called after the commit of something that is owed. */
export function pgNews(database: Database, onOwed: () => void): News {
  return {
    owe: async (tx, { kind, eventId, ownerId, email, locale, facts, headline }) => {
      const isOwed = (await sessionOf(tx).query(owe, [kind, eventId, ownerId, email, locale, JSON.stringify(facts), headline])).length > 0;
      if (isOwed) sessionOf(tx).afterCommit(onOwed);
      return isOwed;
    },
    take: async (limit) => {
      const rows = await database.query<Omit<Telling, 'timing'> & { readonly timing: TimingRow }>(take, [limit, leaseMs]);
      return rows.map((row) => ({ ...row, timing: timingFrom(row.timing) }));
    },
    end: async (told) => {
      const rows = told.map(({ id, outcome }) => ({
        id,
        status: statusOf[outcome.kind],
        reason: outcome.kind === 'rejected' ? outcome.because.slice(0, 500) : null,
        after_ms: 'afterMs' in outcome ? outcome.afterMs : 0,
        untried: outcome.kind === 'held' || outcome.kind === 'gathered' ? 1 : 0,
      }));
      await database.query(end, [JSON.stringify(rows)]);
    },
    nextDueMs: async () => (await database.query<{ ms: number | null }>(nextDue))[0]?.ms ?? null,
    gather: async () => {
      const mails = (await database.query(gather)).length;
      if (mails > 0) onOwed();
      return mails;
    },
  };
}
