import type { Statement } from '@tandem/kernel';

const columns = 'id, order_id, attempt, minor, currency, payment_method, status, charge_id, decline_code, action_url';

/** `$7`: where the payment starts. */
export const open: Statement = {
  name: 'payment_open',
  text: `INSERT INTO payment (id, order_id, attempt, minor, currency, payment_method, status, settled_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $7 = 'pending' THEN NULL ELSE now() END)
         ON CONFLICT (order_id, attempt) DO NOTHING RETURNING ${columns}`,
};
export const find: Statement = { name: 'payment_find', text: `SELECT ${columns} FROM payment WHERE order_id = $1 AND attempt = $2` };
export const findById: Statement = { name: 'payment_find_by_id', text: `SELECT ${columns} FROM payment WHERE id = $1` };
export const lockCaptured: Statement = {
  name: 'payment_lock_captured',
  text: `SELECT ${columns} FROM payment WHERE order_id = $1 AND status = 'captured' ORDER BY attempt DESC LIMIT 1 FOR UPDATE`,
};
/** `$6`: the statuses that the new one may follow. */
export const settle: Statement = {
  name: 'payment_settle',
  text: `UPDATE payment SET status = $2, charge_id = coalesce($3, charge_id), decline_code = $4, action_url = $5, settled_at = now()
         WHERE id = $1 AND status = ANY ($6) RETURNING ${columns}`,
};
/** Captured after its end: the refund that returns the money carries the payment's own id. */
export const reopenToReturn: Statement = {
  name: 'payment_reopen_to_return',
  text: `WITH reopened AS (UPDATE payment SET status = 'captured', charge_id = $2, settled_at = now() WHERE id = $1 AND status IN ('voided', 'declined') RETURNING id, minor)
         INSERT INTO refund (id, payment_id, minor, status) SELECT id, id, minor, 'pending' FROM reopened ON CONFLICT (id) DO NOTHING`,
};
export const isReturning: Statement = { name: 'payment_is_returning', text: 'SELECT 1 FROM refund WHERE id = $1 AND payment_id = $1' };
export const refundsOf: Statement = { name: 'payment_refunds', text: 'SELECT id, minor, status, giving FROM refund WHERE payment_id = $1' };
export const openRefund: Statement = {
  name: 'payment_open_refund',
  text: "INSERT INTO refund (id, payment_id, minor, status) VALUES ($1, $2, $3, 'pending')",
};
/** `$2`: which giving of the money it is. */
export const openAgain: Statement = {
  name: 'payment_open_refund_again',
  text: "UPDATE refund SET status = 'pending', giving = $2, settled_at = NULL, in_hand_at = NULL WHERE id = $1 AND status = 'failed' AND giving < $2",
};
export const holdRefund: Statement = {
  name: 'payment_hold_refund',
  text: "UPDATE refund SET in_hand_at = now() WHERE id = $1 AND giving = $2 AND status = 'pending' AND in_hand_at IS NULL",
};
export const settleRefund: Statement = {
  name: 'payment_settle_refund',
  text: "UPDATE refund SET status = 'succeeded', settled_at = now() WHERE id = $1 AND status = 'pending' AND giving = $2 RETURNING id",
};
export const lockRefunded: Statement = {
  name: 'payment_lock_refunded',
  text: `SELECT ${columns.replace(/\w+/g, 'p.$&')}, r.status AS refund_status, r.giving AS refund_giving, r.minor AS refund_minor FROM refund r JOIN payment p ON p.id = r.payment_id
         WHERE r.id = $1 FOR UPDATE OF p`,
};
export const failRefund: Statement = {
  name: 'payment_fail_refund',
  text: "UPDATE refund SET status = 'failed', settled_at = now() WHERE id = $1 AND status = 'succeeded' RETURNING id",
};
/** What was taken after the payment's end stays to be returned, whatever the bank says; what came back before counts as failed again. */
export const dropRefund: Statement = {
  name: 'payment_drop_refund',
  text: `WITH failed AS (UPDATE refund SET status = 'failed', settled_at = now() WHERE id = $1 AND status = 'pending' AND giving = $2 AND giving > 1)
         DELETE FROM refund WHERE id = $1 AND status = 'pending' AND giving = $2 AND giving = 1 AND id <> payment_id`,
};
export const lockById: Statement = { name: 'payment_lock_by_id', text: 'SELECT 1 FROM payment WHERE id = $1 FOR UPDATE' };
export const returned: Statement = {
  name: 'payment_returned',
  text: "SELECT coalesce(sum(minor), 0)::text AS minor FROM refund WHERE payment_id = $1 AND status = 'succeeded'",
};
