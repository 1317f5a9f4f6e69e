import { type Database, sessionOf, type Statement } from '@tandem/kernel';
import type { Addressing, News, Telling, Unaddressed } from '../domain/news.js';
import { pgQueue, type QueueTable, said, sending } from './pg-queue.js';
import { timingFrom, type TimingRow } from './pg-preferences.js';

const statement = (name: string, text: string): Statement => ({ name: `notification_${name}`, text });

/** Who gets the mail of the day in one statement. */
const mostGathered = 500;

/** Without an address: a service of the release before takes no such row. */
const owe = statement(
  'owe_unaddressed',
  `INSERT INTO telling (kind, event_id, owner_id, email, locale, facts, status) VALUES ($1, $2, $3, '', 'en', $4, 'unaddressed') ON CONFLICT DO NOTHING RETURNING 1`,
);
const unaddressed: QueueTable = {
  name: 'unaddressed',
  table: 'telling',
  isNext: `status = 'unaddressed'`,
  isInHand: `status = 'unaddressed'`,
  taking: '',
  items: `SELECT id, kind, event_id AS "eventId", owner_id AS "ownerId", facts FROM taken`,
};
const address = statement(
  'address_news',
  `WITH addressed AS (UPDATE telling SET status = 'due', due_at = now(), email = $2, locale = $3 WHERE id = $1 AND status = 'unaddressed' RETURNING kind, event_id, owner_id)
  INSERT INTO notice (kind, event_id, owner_id, title) SELECT kind, event_id, owner_id, $4 FROM addressed ON CONFLICT DO NOTHING`,
);
const dropUnaddressed = statement(
  'drop_unaddressed',
  `UPDATE telling SET status = 'rejected', reason = 'no-address', ended_at = now() WHERE id = $1 AND status = 'unaddressed'`,
);
const postpone = statement(
  'postpone_news',
  `UPDATE telling SET due_at = now() + $2 * interval '1 ms' WHERE id = $1 AND status = 'unaddressed'`,
);
/** What was switched off by the address in one click, or chosen by the owner, whose word counts first, is not wanted any more. */
const wanted = `json_build_object(
    'products', NOT EXISTS (SELECT FROM preference WHERE subject = lower(email) AND topic = 'marketing' AND NOT wanted),
    'points', coalesce((SELECT wanted FROM preference WHERE subject IN (owner_id::text, lower(email)) AND topic = 'loyalty' ORDER BY subject = lower(email) LIMIT 1), true))`;
const owed: QueueTable = {
  ...sending,
  name: 'news',
  table: 'telling',
  isNext: `status IN ('due', 'sending')`,
  items: `SELECT id, kind, event_id AS "eventId", product_id AS "productId", owner_id AS "ownerId", email, locale, title, slug, facts, attempts, put_off_ms AS "putOffMs",
    json_build_object('quiet_from', m.quiet_from, 'quiet_to', m.quiet_to, 'time_zone', m.time_zone, 'is_digest', m.is_digest) AS timing, ${wanted} AS wanted
  FROM taken LEFT JOIN mail_timing m USING (owner_id)`,
};
const end = statement(
  'end_news',
  `WITH ended AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS e (id uuid, tried int, status text, reason text, after_ms float8, put_off_ms int, untried int)),
    pruned AS (DELETE FROM telling WHERE id IN (SELECT id FROM telling WHERE ended_at < now() - interval '30 days' LIMIT 10))
  UPDATE telling t SET status = e.status, reason = e.reason, attempts = t.attempts - e.untried, due_at = now() + e.after_ms * interval '1 ms',
    put_off_ms = coalesce(e.put_off_ms, t.put_off_ms), ended_at = CASE WHEN e.status IN ('due', 'gathered') THEN NULL ELSE now() END
  FROM ended e WHERE t.id = e.id AND t.status = 'sending' AND t.attempts = e.tried`,
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

const statusOf = { sent: 'sent', unwanted: 'unwanted', rejected: 'rejected', again: 'due', held: 'due', gathered: 'gathered' } as const;

type Options = {
  /** Called after the commit of something that is due. */
  readonly onOwed: () => void;
  /** Called after the commit of something that has to be addressed. */
  readonly onUnaddressed: () => void;
};

type Taken = Omit<Telling, 'timing'> & { readonly timing: TimingRow };

/** News in PostgreSQL. */
export function pgNews(database: Database, { onOwed, onUnaddressed }: Options): News & Addressing {
  const queue = pgQueue<Taken>(database, owed);
  return {
    ...addressing(database, onOwed),
    ...queue,
    take: async (...which) => (await queue.take(...which)).map((row) => ({ ...row, timing: timingFrom(row.timing) })),
    owe: async (tx, { kind, eventId, ownerId, facts }) => {
      const isOwed = (await sessionOf(tx).query(owe, [kind, eventId, ownerId, JSON.stringify(facts)])).length > 0;
      if (isOwed) sessionOf(tx).afterCommit(onUnaddressed);
      return isOwed;
    },
    end: async (told) => {
      const rows = told.map(({ id, attempts, outcome }) => ({
        id,
        tried: attempts,
        status: statusOf[outcome.kind],
        reason: outcome.kind === 'rejected' ? said(outcome.because) : null,
        after_ms: 'afterMs' in outcome ? outcome.afterMs : 0,
        put_off_ms: outcome.kind === 'again' ? outcome.putOffMs : undefined,
        untried: outcome.kind === 'held' || outcome.kind === 'gathered' ? 1 : 0,
      }));
      await database.query(end, [JSON.stringify(rows)]);
    },
    gather: async () => {
      const mails = (await database.query(gather)).length;
      if (mails > 0) onOwed();
      return mails;
    },
  };
}

function addressing(database: Database, onOwed: () => void): Addressing {
  return {
    unaddressed: pgQueue<Unaddressed>(database, unaddressed),
    address: async (id, { email, locale, headline }) => {
      await database.query(address, [id, email, locale, headline]);
      onOwed();
    },
    drop: async (id) => void (await database.query(dropUnaddressed, [id])),
    postpone: async (id, afterMs) => void (await database.query(postpone, [id, afterMs])),
  };
}
