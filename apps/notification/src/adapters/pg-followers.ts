import { type Database, sessionOf, type Statement } from '@tandem/kernel';
import { type Followers, mostFollows } from '../domain/followers.js';

const statement = (name: string, text: string): Statement => ({ name: `notification_${name}`, text });

const lockAddress = statement('lock_address', 'SELECT pg_advisory_xact_lock(hashtextextended(lower($1::text), 7404))');
const isFull = statement(
  'is_full',
  `SELECT 1 FROM follower WHERE lower(email) = lower($1) AND NOT (product_id = $2 AND owner_id = $3) AND (owner_id = $3 OR NOT $5::boolean) HAVING count(*) >= $4`,
);
const isUnsubscribed = statement(
  'is_unsubscribed',
  "SELECT 1 FROM preference WHERE subject = lower($1) AND topic = 'marketing' AND NOT wanted",
);
const resubscribe = statement('resubscribe', "DELETE FROM preference WHERE subject = lower($1) AND topic = 'marketing'");
const follow = statement(
  'follow',
  `WITH variants AS (INSERT INTO followed_variant (variant_id, product_id, title, slug) SELECT v, $1, $5, $6 FROM unnest($7::uuid[]) v
    ON CONFLICT (variant_id) DO UPDATE SET title = excluded.title, slug = excluded.slug)
  INSERT INTO follower (product_id, owner_id, email, locale) VALUES ($1, $2, $3, $4) ON CONFLICT (product_id, owner_id) DO UPDATE SET email = excluded.email, locale = excluded.locale`,
);
const unfollow = statement('unfollow', 'DELETE FROM follower WHERE owner_id = $1 AND product_id = $2');
const owe = statement(
  'owe',
  `WITH product AS (SELECT product_id, title, slug FROM followed_variant WHERE variant_id = $1),
    gone AS (DELETE FROM follower f USING product p WHERE f.product_id = p.product_id AND f.since < $3::timestamptz + interval '1 minute' RETURNING f.*)
  INSERT INTO telling (event_id, product_id, owner_id, email, locale, title, slug) SELECT DISTINCT ON (lower(email)) $2::uuid, gone.product_id, owner_id, email, locale, title, slug FROM gone CROSS JOIN product
  ORDER BY lower(email), since, owner_id
  ON CONFLICT DO NOTHING RETURNING 1`,
);
/** Drops within an hour are one: a price is set in one currency after the other. */
const oweCheaper = statement(
  'owe_cheaper',
  `WITH product AS (SELECT title, slug FROM followed_variant WHERE product_id = $1 LIMIT 1),
    told AS (UPDATE follower SET cheaper_at = now() WHERE product_id = $1 AND coalesce(cheaper_at < now() - interval '1 hour', true) RETURNING *)
  INSERT INTO telling (kind, event_id, product_id, owner_id, email, locale, title, slug, facts) SELECT DISTINCT ON (lower(email)) 'product.cheaper', $2::uuid, product_id, owner_id, email, locale, title, slug, $3::jsonb
  FROM told CROSS JOIN product ORDER BY lower(email), since, owner_id
  ON CONFLICT DO NOTHING RETURNING 1`,
);

/** Followers in PostgreSQL. `onOwed` is called after the commit of something that is owed. */
export function pgFollowers(database: Database, onOwed: () => void): Followers {
  return {
    follow: async (tx, { ownerId, email, isOwn, locale, product }) => {
      const session = sessionOf(tx);
      await session.query(lockAddress, [email]); // so that two at once do not both take the last place
      if (isOwn) await session.query(resubscribe, [email]);
      else if ((await session.query(isUnsubscribed, [email])).length > 0) return 'unsubscribed';
      if ((await session.query(isFull, [email, product.id, ownerId, mostFollows, isOwn])).length > 0) return 'follows-too-much';
      await session.query(follow, [product.id, ownerId, email, locale, product.title, product.slug, product.variantIds]);
      return 'followed';
    },
    unfollow: async (ownerId, productId) => void (await database.query(unfollow, [ownerId, productId])),
    owe: async (tx, { variantId, eventId, at }) => {
      const owed = (await sessionOf(tx).query(owe, [variantId, eventId, at])).length;
      if (owed > 0) sessionOf(tx).afterCommit(onOwed);
      return owed;
    },
    oweCheaper: async (tx, { productId, eventId, facts }) => {
      const owed = (await sessionOf(tx).query(oweCheaper, [productId, eventId, JSON.stringify(facts)])).length;
      if (owed > 0) sessionOf(tx).afterCommit(onOwed);
      return owed;
    },
  };
}
