import { toPublicId, uuidOf } from '@tandem/host';
import { type Currency, type Database, money, type Session, sessionOf, type Statement } from '@tandem/kernel';
import type { OrderRefund, RefundLine, RefundStatus } from '../domain/refund.js';
import type { RefundList, RefundStore } from '../domain/refund-store.js';

const ofOrder: Statement = {
  name: 'order_refunds',
  text: 'SELECT id, order_id, minor, currency, cause, reason, lines, status, giving, created_at, request_hash FROM order_refund WHERE order_id = $1 ORDER BY created_at, id',
};
const page: Statement = {
  name: 'order_refund_page',
  text: `SELECT id, order_id, minor, currency, cause, reason, lines, status, giving, created_at, request_hash FROM order_refund
    WHERE order_id = $1 AND ($2::timestamptz IS NULL OR (created_at, id) > ($2, $3::uuid)) ORDER BY created_at, id LIMIT $4`,
};
const open: Statement = {
  name: 'order_open_refund',
  text: `INSERT INTO order_refund (id, order_id, minor, currency, cause, reason, lines, requested_by, created_at, due_at, request_hash)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, coalesce($9::timestamptz, now()), now() + $10 * interval '1 ms', $11) ON CONFLICT (id) DO NOTHING`,
};
/** A giving that the bank refuses is over: the next is another one, so that the bank does not repeat its answer. Before the money has been given once the refund is asked for by its id alone. */
const end: Statement = {
  name: 'order_end_refund',
  text: `UPDATE order_refund SET status = $3, settled_at = now(), last_error = $4, giving = giving + CASE WHEN $3 = 'refused' AND giving > 1 THEN 1 ELSE 0 END
    WHERE id = $1 AND giving = $2 AND (status = 'pending' OR giving = 1 AND status <> 'succeeded' AND $3 = 'succeeded') RETURNING id`,
};
const fail: Statement = {
  name: 'order_fail_refund',
  text: `UPDATE order_refund SET status = 'refused', giving = giving + 1, settled_at = now(), last_error = $2 WHERE id = $1 AND status = 'succeeded' RETURNING id`,
};
const hurry: Statement = {
  name: 'order_hurry_refund',
  text: `UPDATE order_refund SET due_at = now() + interval '1 second' WHERE id = $1 AND status = 'pending'`,
};
const revive: Statement = {
  name: 'order_revive_refund',
  text: `UPDATE order_refund SET status = 'pending', due_at = now() WHERE id = $1 AND status = 'refused'`,
};
const drop: Statement = {
  name: 'order_drop_refund',
  text: `DELETE FROM order_refund WHERE id = $1 AND status = 'pending' AND giving = 1 AND request_hash = $2`,
};

type Row = {
  readonly id: string;
  readonly order_id: string;
  readonly minor: string;
  readonly currency: Currency;
  readonly cause: OrderRefund['cause'];
  readonly reason: string;
  readonly lines: readonly RefundLine[];
  readonly status: RefundStatus;
  readonly giving: number;
  readonly created_at: Date;
  readonly request_hash: Buffer | null;
};

/** Refunds in PostgreSQL. */
export const pgRefundStore: RefundStore = {
  ofOrder: async (tx, orderId) => (await sessionOf(tx).query<Row>(ofOrder, [uuidOf('order', orderId)])).map(refundFrom),
  open: (tx, refund, { requestedBy, afterMs }) => openRefund(sessionOf(tx), refund, { requestedBy, afterMs }),
  hurry: async (tx, id) => void (await sessionOf(tx).query(hurry, [uuidOf('refund', id)])),
  end: async (tx, { id, giving }, status, because) =>
    (await sessionOf(tx).query(end, [uuidOf('refund', id), giving, status, because?.slice(0, 500) ?? null])).length > 0,
  fail: async (tx, id, because) => (await sessionOf(tx).query(fail, [uuidOf('refund', id), because])).length > 0,
  revive: async (tx, id) => void (await sessionOf(tx).query(revive, [uuidOf('refund', id)])),
  drop: async (tx, id, requestHash) => void (await sessionOf(tx).query(drop, [uuidOf('refund', id), requestHash])),
};

/** Lists of refunds in PostgreSQL. */
export const pgRefundList = (database: Database): RefundList => ({
  page: async (orderId, after, limit) => {
    const place = after ? [after.createdAt, uuidOf('refund', after.id)] : [null, null];
    return (await database.query<Row>(page, [uuidOf('order', orderId), ...place, limit])).map(refundFrom);
  },
});

type Opening = { readonly requestedBy: string | null; readonly afterMs: number };
type Opened = Omit<OrderRefund, 'status' | 'giving' | 'createdAt'> & { readonly createdAt?: Date };

/** Writes one refund; writing it twice changes nothing. */
export async function openRefund(
  session: Session,
  { id, orderId, amount, cause, reason, lines, createdAt, requestHash }: Opened,
  { requestedBy, afterMs }: Opening,
): Promise<void> {
  const values = [
    uuidOf('refund', id),
    uuidOf('order', orderId),
    amount.minor,
    amount.currency,
    cause,
    reason,
    JSON.stringify(lines),
    requestedBy,
    createdAt ?? null,
    afterMs,
    requestHash ?? null,
  ];
  await session.query(open, values);
}

function refundFrom(row: Row): OrderRefund {
  return {
    id: toPublicId('refund', row.id),
    orderId: toPublicId('order', row.order_id),
    amount: money(BigInt(row.minor), row.currency),
    cause: row.cause,
    reason: row.reason,
    lines: row.lines,
    status: row.status,
    giving: row.giving,
    createdAt: row.created_at,
    ...(row.request_hash === null ? {} : { requestHash: row.request_hash }),
  };
}
