import type { Statement } from '@tandem/kernel';
import { orderColumns } from './order-rows.js';

/**
 * Claims a key unless it has a row, here or among the keys of other requests, and unless `$9` says that there is no room. Nobody looks at the
 * claim before `$8` ms have passed.
 */
export const claim: Statement = {
  name: 'order_claim',
  text: `INSERT INTO checkout (principal, key, request_hash, request_id, order_id, request, owner, due_at)
    SELECT $1, $2, $3, $4, $5, $6, $7, now() + $8 * interval '1 ms' WHERE $9::boolean AND NOT EXISTS (SELECT FROM platform.idempotency_key k WHERE k.principal = $1 AND k.key = $2)
    ON CONFLICT (principal, key) DO NOTHING RETURNING epoch`,
};

/** Who has the key. */
export const findKey: Statement = {
  name: 'order_find_key',
  text: `SELECT request_hash, request_id, answer_kind, answer::text AS answer FROM checkout WHERE principal = $1 AND key = $2
    UNION ALL SELECT NULL, request_id, kind, NULL FROM platform.idempotency_key WHERE principal = $1 AND key = $2 LIMIT 1`,
};

export const findOrder: Statement = { name: 'order_find', text: `SELECT ${orderColumns} FROM orders o WHERE o.id = $1` };

/** Place: the order and its first line of history, if the claim's epoch still holds. */
export const place: Statement = {
  name: 'order_place',
  text: `WITH held AS (SELECT order_id FROM checkout WHERE order_id = $1 AND epoch = $2 AND finished_at IS NULL FOR UPDATE),
    answered AS (UPDATE checkout c SET answer_kind = $3, answer = $4 FROM held WHERE c.order_id = held.order_id AND $3::text IS NOT NULL),
    placed AS (INSERT INTO orders (id, number, owner_id, customer_id, cart_id, status, is_promised, email, locale, currency, subtotal, shipping, tax, discount,
        total, lines, address, shipping_option, created_at, points_redeemed, promotion_code, last_event)
      SELECT order_id, $5, $6, $7, $8, 'pending', $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21::timestamptz, $23::int, $24::text, 1 FROM held RETURNING id)
    INSERT INTO order_history (order_id, sequence, type, at, data) SELECT id, 1, 'order.placed', $21::timestamptz, $22 FROM placed RETURNING sequence`,
};

/** The order that has the cart. */
export const cartHolder: Statement = {
  name: 'order_cart_holder',
  text: `SELECT id, confirmed_at IS NOT NULL AS is_confirmed FROM orders WHERE cart_id = $1 AND (status <> 'cancelled' OR confirmed_at IS NOT NULL)`,
};

/**
 * Confirm, hold and cancel: the order's new state, one line of history and the claim's, all or nothing. Nothing is written unless the epoch
 * holds and the order's state may become the new one. Answers the customer's tier, as it is known here.
 */
export const settle: Statement = {
  name: 'order_settle',
  text: `WITH held AS (SELECT o.id FROM checkout c JOIN orders o ON o.id = c.order_id
      WHERE c.order_id = $1 AND c.epoch = $2 AND c.finished_at IS NULL AND o.status = ANY ($3) FOR UPDATE),
    ended AS (UPDATE checkout c SET answer_kind = coalesce(answer_kind, $4), answer = coalesce(answer, $5::json), owner = NULL,
        due_at = CASE WHEN c.woken_at IS NULL THEN now() + $7 * interval '1 ms' ELSE now() END, last_error = NULL, finished_at = CASE WHEN $6 THEN now() END
      FROM held WHERE c.order_id = held.id AND ($5::json IS NOT NULL OR c.answer_kind IS NOT NULL)),
    freed AS (DELETE FROM checkout c USING held WHERE c.order_id = held.id AND $5::json IS NULL AND c.answer_kind IS NULL),
    changed AS (UPDATE orders o SET status = $8, is_promised = is_promised OR $9, payment_id = $10, payment_status = $11, next_action = $12, cancel_reason = $13,
        confirmed_at = $14::timestamptz, timeline = timeline || $15::jsonb, last_event = last_event + 1
      FROM held WHERE o.id = held.id RETURNING o.id, o.last_event, o.customer_id)
    INSERT INTO order_history (order_id, sequence, type, at, data) SELECT id, last_event, $16, $17, $18 FROM changed
    RETURNING (SELECT t.tier FROM customer_tier t JOIN changed USING (customer_id)) AS tier`,
};

/** Notes where the units of an order's lines were taken from. */
export const locate: Statement = { name: 'order_locate', text: 'UPDATE orders SET lines = $2 WHERE id = $1' };

export const owesBack: Statement = {
  name: 'order_owes_back',
  text: `SELECT FROM compensation c JOIN orders o ON o.id = c.order_id WHERE c.kind = 'release' AND o.owner_id = $1 LIMIT 1`,
};

/** The first reason stands. */
export const giveUp: Statement = {
  name: 'order_give_up',
  text: `UPDATE checkout SET ending = coalesce(ending, $3) WHERE order_id = $1 AND epoch = $2 AND finished_at IS NULL RETURNING epoch`,
};

/** Ends a claim without an order, with an answer or by freeing the key. */
export const answerWithoutOrder: Statement = {
  name: 'order_answer',
  text: `UPDATE checkout SET answer_kind = $3, answer = $4, owner = NULL, finished_at = now() WHERE order_id = $1 AND epoch = $2 AND finished_at IS NULL RETURNING epoch`,
};
export const free: Statement = {
  name: 'order_free',
  text: 'DELETE FROM checkout WHERE order_id = $1 AND epoch = $2 AND finished_at IS NULL RETURNING epoch',
};

export const defer: Statement = {
  name: 'order_defer',
  text: `UPDATE checkout SET owner = NULL, due_at = CASE WHEN woken_at IS NULL THEN now() + $3 * interval '1 ms' ELSE now() END, last_error = $4
    WHERE order_id = $1 AND epoch = $2 AND finished_at IS NULL`,
};

/**
 * One beat: renews this instance's lease and takes over the open checkouts that nobody runs. A claim of a live instance is its own; one of
 * this instance is taken again only when it is not in hand. One that another instance has taken since this statement began has another epoch: the row is
 * looked at anew when it is locked, but not who owns it. `$3`: the orders in hand.
 */
export const beat: Statement = {
  name: 'order_beat',
  text: `WITH lease AS (INSERT INTO instance (id, name, lease_until) VALUES ($1, $2, now() + $4 * interval '1 ms')
      ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until),
    free AS MATERIALIZED (SELECT c.order_id, c.epoch FROM checkout c LEFT JOIN instance i ON i.id = c.owner
      WHERE c.finished_at IS NULL AND c.due_at <= now() AND NOT (c.order_id = ANY ($3)) AND (c.owner = $1 OR i.id IS NULL OR i.lease_until < now()))
    UPDATE checkout SET owner = $1, epoch = epoch + 1, attempts = attempts + 1, woken_at = NULL WHERE order_id IN (
      SELECT c.order_id FROM free JOIN checkout c USING (order_id, epoch) WHERE c.finished_at IS NULL ORDER BY c.due_at LIMIT $5 FOR UPDATE OF c SKIP LOCKED)
    RETURNING order_id, epoch, answer_kind IS NOT NULL AS is_answered, extract(epoch FROM now() - created_at) * 1000 AS age_ms, ending::text AS ending, request`,
};

/** A checkout that waits is due at once; one that runs is not disturbed, and due as soon as it is put down: it may have looked before the word came. */
export const wake: Statement = {
  name: 'order_wake_checkout',
  text: `UPDATE checkout SET woken_at = now(), due_at = CASE WHEN owner IS NULL THEN now() ELSE due_at END WHERE order_id = $1 AND finished_at IS NULL RETURNING order_id`,
};

/** A process that has this name and address proves that the one before it is gone. */
export const succeed: Statement = {
  name: 'order_succeed',
  text: `WITH gone AS (DELETE FROM instance WHERE name = $2 AND id <> $1 OR lease_until < now() - interval '1 hour' RETURNING id)
    UPDATE checkout c SET owner = NULL, due_at = now() FROM gone WHERE c.owner = gone.id AND c.finished_at IS NULL`,
};
export const resign: Statement = { name: 'order_resign', text: 'DELETE FROM instance WHERE id = $1' };

export const openCheckouts: Statement = {
  name: 'order_open_checkouts',
  text: `SELECT count(*)::int AS open, coalesce(extract(epoch FROM now() - min(c.created_at) FILTER (WHERE o.status IS DISTINCT FROM 'requires-action')), 0)::float8 AS oldest_seconds,
      (SELECT count(*)::int FROM order_refund WHERE status = 'refused') AS refused_refunds
    FROM checkout c LEFT JOIN orders o ON o.id = c.order_id WHERE c.finished_at IS NULL`,
};

/** Keys are kept 48 hours. Source: docs/reference/api.md, "Idempotency". */
export const pruneKeys: Statement = {
  name: 'order_prune_keys',
  text: `DELETE FROM checkout WHERE order_id IN (SELECT order_id FROM checkout WHERE finished_at IS NOT NULL AND created_at < now() - $1 * interval '1 hour' LIMIT $2) RETURNING order_id`,
};

export const isCheckoutKey: Statement = { name: 'order_is_checkout_key', text: 'SELECT 1 FROM checkout WHERE principal = $1 AND key = $2' };
