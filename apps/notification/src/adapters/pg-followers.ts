import { type Database, sessionOf, type Statement } from '@tandem/kernel';
import { type Followers, mostFollows, type Telling } from '../domain/followers.js';

const statement = (name: string, text: string): Statement => ({ name: `notification_${name}`, text });

/** Longer than sending one mail may take, milliseconds. */
const leaseMs = 30_000;

const lockAddress = statement('lock_address', 'SELECT pg_advisory_xact_lock(hashtextextended(lower($1::text), 7404))');
const isFull = statement('is_full', `SELECT 1 FROM follower WHERE lower(email) = lower($1) AND NOT (product_id = $2 AND owner_id = $3) HAVING count(*) >= $4`);
const follow = statement('follow', `WITH variants AS (INSERT INTO followed_variant (variant_id, product_id, title, slug) SELECT v, $1, $5, $6 FROM unnest($7::uuid[]) v
    ON CONFLICT (variant_id) DO UPDATE SET title = excluded.title, slug = excluded.slug)
  INSERT INTO follower (product_id, owner_id, email, locale) VALUES ($1, $2, $3, $4) ON CONFLICT (product_id, owner_id) DO UPDATE SET email = excluded.email, locale = excluded.locale`);
const unfollow = statement('unfollow', 'DELETE FROM follower WHERE owner_id = $1 AND product_id = $2');
const owe = statement('owe', `WITH product AS (SELECT product_id, title, slug FROM followed_variant WHERE variant_id = $1),
    gone AS (DELETE FROM follower f USING product p WHERE f.product_id = p.product_id RETURNING f.*)
  INSERT INTO telling (event_id, product_id, owner_id, email, locale, title, slug) SELECT DISTINCT ON (lower(email)) $2::uuid, gone.product_id, owner_id, email, locale, title, slug FROM gone CROSS JOIN product
  ORDER BY lower(email), since, owner_id
  ON CONFLICT DO NOTHING RETURNING 1`);
const take = statement('take', `UPDATE telling SET status = 'sending', attempts = attempts + 1, due_at = now() + $2 * interval '1 ms' WHERE id IN (
    SELECT id FROM telling WHERE status IN ('due', 'sending') AND due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
  RETURNING id, event_id AS "eventId", product_id AS "productId", owner_id AS "ownerId", email, locale, title, slug, attempts`);
const end = statement('end_tellings', `WITH ended AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS e (id uuid, status text, reason text, after_ms float8)),
    pruned AS (DELETE FROM telling WHERE id IN (SELECT id FROM telling WHERE ended_at < now() - interval '30 days' LIMIT 10))
  UPDATE telling t SET status = e.status, reason = e.reason, due_at = now() + e.after_ms * interval '1 ms', ended_at = CASE WHEN e.status = 'due' THEN NULL ELSE now() END
  FROM ended e WHERE t.id = e.id`);
const nextDue = statement('next_telling', `SELECT extract(epoch FROM min(due_at) - now())::float8 * 1000 AS ms FROM telling WHERE status IN ('due', 'sending')`);

/** Followers in PostgreSQL. `onOwed` is called after the commit of something that is owed. */
export function pgFollowers(database: Database, onOwed: () => void): Followers {
  return {
    follow: async (tx, { ownerId, email, locale, product }) => {
      const session = sessionOf(tx);
      await session.query(lockAddress, [email]); // so that two at once do not both take the last place
      if ((await session.query(isFull, [email, product.id, ownerId, mostFollows])).length > 0) return false;
      await session.query(follow, [product.id, ownerId, email, locale, product.title, product.slug, product.variantIds]);
      return true;
    },
    unfollow: async (ownerId, productId) => void (await database.query(unfollow, [ownerId, productId])),
    owe: async (tx, variantId, eventId) => {
      const owed = (await sessionOf(tx).query(owe, [variantId, eventId])).length;
      if (owed > 0) sessionOf(tx).afterCommit(onOwed);
      return owed;
    },
    take: (limit) => database.query<Telling>(take, [limit, leaseMs]),
    end: async (told) => {
      const rows = told.map(({ id, outcome }) => ({
        id,
        status: outcome.kind === 'again' ? 'due' : outcome.kind,
        reason: outcome.kind === 'rejected' ? outcome.because.slice(0, 500) : null,
        after_ms: outcome.kind === 'again' ? outcome.afterMs : 0,
      }));
      await database.query(end, [JSON.stringify(rows)]);
    },
    nextDueMs: async () => (await database.query<{ ms: number | null }>(nextDue))[0]?.ms ?? null,
  };
}
