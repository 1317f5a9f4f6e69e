import { isUuid, type Session, sessionOf, type Statement } from '@tandem/kernel';
import type { AuditEntry, DeadLetter, DeadLetterFilter, DeadLetters, Discarding, Page, Replay } from '../operations.js';

const filter = `($1::text IS NULL OR grp = $1) AND ($2::text IS NULL OR topic = $2) AND ($3::text IS NULL OR type = $3) AND ($4::text IS NULL OR class = $4)
  AND ($5::text IS NULL OR class = $5 OR strpos(lower(reason), lower($5)) > 0) AND ($6::text IS NULL OR key = $6) AND status = ANY($7::text[])
  AND ($8::timestamptz IS NULL OR first_failed_at < $8)`;

const columns = `id, position::text, grp AS "group", topic, partition, "offset"::text, key, sequence::text,
  CASE WHEN identity LIKE '%/%' THEN NULL ELSE identity END AS "eventId", type, class, reason, status, attempts, tries,
  first_failed_at AS "firstFailedAt", next_at AS "nextAt", headers, payload, encoding`;

const listSql: Statement = {
  name: 'messaging.dead-letters.list',
  text: `SELECT ${columns} FROM messaging.parked WHERE ${filter} AND position > $9::bigint ORDER BY parked.position LIMIT $10`,
};
const showSql: Statement = { name: 'messaging.dead-letters.show', text: `SELECT ${columns} FROM messaging.parked WHERE id = $1` };
/** Keys with a letter settled at `$1` or later, `$2` at most. Two bounds, since a plan that is to fit every value takes one alone for a third of the table, and reads all of it. */
export const closedSql: Statement = {
  name: 'messaging.dead-letters.closed',
  text: `SELECT DISTINCT key FROM messaging.parked WHERE closed_at >= $1 AND closed_at <= 'infinity' AND key IS NOT NULL LIMIT $2`,
};
const replaySql: Statement = {
  name: 'messaging.dead-letters.replay',
  text: `WITH hit AS (SELECT id, grp, topic, key, sequence FROM messaging.parked WHERE ${filter} AND status IN ('open', 'dead') AND ($9::uuid IS NULL OR id = $9)),
    head AS (
      (SELECT DISTINCT ON (p.grp, p.topic, p.key) p.id FROM messaging.parked p JOIN hit h ON p.grp = h.grp AND p.topic = h.topic AND p.key = h.key
        WHERE p.status IN ('open', 'dead') AND p.sequence IS NOT NULL AND h.sequence IS NOT NULL ORDER BY p.grp, p.topic, p.key, p.sequence)
      UNION ALL SELECT id FROM hit WHERE sequence IS NULL),
    paced AS (SELECT id, row_number() OVER (ORDER BY position) - 1 AS rank FROM messaging.parked WHERE id IN (SELECT id FROM head)),
    due AS (
      UPDATE messaging.parked p SET status = 'open', next_at = now() + coalesce(rank / $13::float8, 0) * interval '1 second', rounds = 0, forced = forced OR class = 'gap'
        FROM paced WHERE p.id = paced.id AND status IN ('open', 'dead') AND NOT $11::boolean RETURNING p.id),
    noted AS (INSERT INTO messaging.audit (actor, action, dead_letter, detail) SELECT $10, 'replay', id, $12 FROM due)
    SELECT (SELECT count(*) FROM hit)::int AS matched, coalesce((SELECT json_agg(id) FROM due), '[]') AS replayed`,
};
const discardSql: Statement = { name: 'messaging.dead-letters.discard', text: 'SELECT outcome, head FROM messaging.discard($1, $2, $3)' };
const auditSql: Statement = {
  name: 'messaging.dead-letters.audit',
  text: `SELECT id::text AS position, at, actor, action, dead_letter AS "deadLetter", detail FROM messaging.audit
          WHERE id > $1::bigint AND ($3::uuid IS NULL OR dead_letter = $3) ORDER BY id LIMIT $2`,
};

type Replaying = {
  readonly actor: string;
  readonly reason?: string | null;
  readonly dryRun?: boolean;
  readonly keysPerSecond?: number | null;
};
type Auditing = Page & { readonly deadLetter?: string | null };

const defaultPage = 50;
const largestPage = 500;

/** Dead letters of one service, in its database. `wake` is called when something was made due. */
export function pgDeadLetters(database: Session, wake: () => void): DeadLetters {
  return {
    list: (which = {}, page = {}) => list(database, which, page),
    async show(id) {
      const [row] = isUuid(id) ? await database.query<Row>(showSql, [id]) : [];
      return row && deadLetterOf(row);
    },
    async closedSince(since, most) {
      return (await database.query<{ key: string }>(closedSql, [since, most])).map(({ key }) => key);
    },
    async replay(which, { actor, reason = null, dryRun = false, keysPerSecond = null }: Replaying) {
      if ('id' in which && !isUuid(which.id)) return { matched: 0, replayed: [] };
      const conditions = 'id' in which ? [...valuesOf({}), which.id] : [...valuesOf(which.filter), null];
      const [replay] = await database.query<Replay>(replaySql, [...conditions, actor, dryRun, reason, keysPerSecond]);
      wake();
      return replay ?? { matched: 0, replayed: [] };
    },
    async discard(id, { actor, reason }) {
      const [done] = isUuid(id)
        ? await database.query<{ outcome: Discarding['kind']; head: string | null }>(discardSql, [id, actor, reason])
        : [];
      wake();
      return done?.outcome === 'behind'
        ? { kind: 'behind', head: done.head ?? '' }
        : { kind: (done?.outcome ?? 'not-found') as 'discarded' };
    },
    audit: ({ cursor = '0', limit = defaultPage, deadLetter = null }: Auditing = {}) =>
      database.query<AuditEntry>(auditSql, [cursor, Math.min(limit, largestPage), deadLetter]),
    within: (tx) => pgDeadLetters(sessionOf(tx), () => sessionOf(tx).afterCommit(wake)),
  };
}

async function list(
  database: Session,
  which: DeadLetterFilter,
  { limit = defaultPage, cursor = '0' }: { limit?: number; cursor?: string },
): ReturnType<DeadLetters['list']> {
  const size = Math.min(Math.max(1, limit), largestPage);
  const rows = await database.query<Row>(listSql, [...valuesOf(which), cursor, size + 1]);
  const items = rows.slice(0, size);
  return { items: items.map(deadLetterOf), next: rows.length > size ? (items.at(-1)?.position ?? null) : null };
}

function valuesOf({ group, topic, type, class: of, reason, key, status, failedBefore }: DeadLetterFilter): readonly unknown[] {
  const statuses = status === undefined || status === 'open' ? ['open', 'dead'] : [status];
  return [group ?? null, topic ?? null, type ?? null, of ?? null, reason ?? null, key ?? null, statuses, failedBefore ?? null];
}

type Row = Omit<DeadLetter, 'offset' | 'sequence'> & {
  readonly position: string;
  readonly offset: string | bigint;
  readonly sequence: string | null;
};

function deadLetterOf({ position: _position, offset, sequence, ...row }: Row): DeadLetter {
  return { ...row, offset: BigInt(offset), sequence: sequence === null ? null : BigInt(sequence) };
}
