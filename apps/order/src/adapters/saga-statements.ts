import type { Statement } from '@tandem/kernel';

/** Everything without an end, in one shape. Each part is small: what ended has left its index. */
const open = `SELECT c.order_id, 'checkout' AS kind, CASE WHEN c.ending IS NOT NULL THEN 'undoing' WHEN c.owner IS NOT NULL THEN 'running' ELSE 'waiting' END AS state,
    c.created_at, i.name AS owner, c.attempts, c.last_error, c.due_at, c.order_id AS id FROM checkout c LEFT JOIN instance i ON i.id = c.owner WHERE c.finished_at IS NULL
  UNION ALL SELECT order_id, kind, 'owed', created_at, NULL, attempts, last_error, due_at, order_id FROM compensation
  UNION ALL SELECT order_id, 'refund', CASE status WHEN 'refused' THEN 'refused' ELSE 'owed' END, created_at, NULL, attempts, last_error, due_at, id
    FROM order_refund WHERE status = 'pending' OR status = 'refused'`;

const columns = `s.order_id, s.kind, s.state, (extract(epoch FROM now() - s.created_at) * 1000)::float8 AS age_ms, s.owner, s.attempts, s.last_error, s.due_at, o.status AS order_status,
  s.created_at::text AS created_at, s.id`;

/** `$1` to `$3`: creation, id and kind of the last row of the page before; null for the first page. */
export const list: Statement = {
  name: 'order_list_sagas',
  text: `SELECT ${columns} FROM (${open}) s LEFT JOIN orders o ON o.id = s.order_id
    WHERE $1::timestamptz IS NULL OR (s.created_at, s.id, s.kind) > ($1::timestamptz, $2::uuid, $3::text) ORDER BY s.created_at, s.id, s.kind LIMIT $4`,
};
export const ofOrder: Statement = {
  name: 'order_sagas_of',
  text: `SELECT ${columns} FROM (${open}) s LEFT JOIN orders o ON o.id = s.order_id WHERE s.order_id = $1 ORDER BY s.created_at, s.kind`,
};
export const timeline: Statement = { name: 'order_saga_timeline', text: 'SELECT timeline FROM orders WHERE id = $1' };
export const journey: Statement = {
  name: 'order_journey',
  text: `SELECT timeline, ARRAY(SELECT json_build_object('type', type, 'at', at, 'eventId', source_event_id) FROM order_history WHERE order_id = $1 ORDER BY sequence LIMIT 100) AS lines
    FROM orders WHERE id = $1`,
};
export const actions: Statement = {
  name: 'order_saga_actions',
  text: 'SELECT at, actor, action, reason FROM saga_action WHERE order_id = $1 ORDER BY at, id',
};

/** Whoever steers several rows of an order locks them in the order in which everybody does: the checkout, the order, the rest. */
export const lockCheckout: Statement = {
  name: 'order_lock_saga_checkout',
  text: 'SELECT order_id FROM checkout WHERE order_id = $1 AND finished_at IS NULL FOR UPDATE',
};
export const lockOrder: Statement = { name: 'order_lock_saga_order', text: 'SELECT id FROM orders WHERE id = $1 FOR UPDATE' };

export const retry: Statement = {
  name: 'order_retry_saga',
  text: `WITH checkouts AS (UPDATE checkout SET due_at = now() WHERE order_id = $1 AND finished_at IS NULL RETURNING 1),
    debts AS (UPDATE compensation SET due_at = now() WHERE order_id = $1 RETURNING 1),
    refunds AS (UPDATE order_refund SET due_at = now() WHERE order_id = $1 AND status = 'pending' RETURNING 1)
    SELECT ((SELECT count(*) FROM checkouts) + (SELECT count(*) FROM debts) + (SELECT count(*) FROM refunds))::int AS steered`,
};
/** Whoever runs the checkout now loses it: the higher epoch makes all it writes void. The first reason to undo stands. */
export const cancel: Statement = {
  name: 'order_cancel_saga',
  text: `WITH checkouts AS (UPDATE checkout SET ending = coalesce(ending, $2::json), epoch = epoch + 1, owner = NULL, due_at = now() WHERE order_id = $1 AND finished_at IS NULL RETURNING 1),
    refunds AS (UPDATE order_refund SET status = 'written-off', settled_at = now() WHERE order_id = $1 AND status = 'refused' RETURNING 1)
    SELECT ((SELECT count(*) FROM checkouts) + (SELECT count(*) FROM refunds))::int AS steered`,
};
export const note: Statement = {
  name: 'order_note_saga_action',
  text: `INSERT INTO saga_action (id, order_id, action, actor, reason, outcome) VALUES ($1, $2, $3, $4, $5, 'done')`,
};
