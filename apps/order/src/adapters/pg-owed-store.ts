import { toPublicId, uuidOf } from '@tandem/host';
import { type Currency, type Database, money, type Session, type Statement } from '@tandem/kernel';
import type { Owed } from '../domain/checkout.js';
import type { OwedStore } from '../domain/order-store.js';
import { openRefund } from './pg-refund-store.js';

const insert: Statement = {
  name: 'order_owe',
  text: `INSERT INTO compensation (order_id, kind, reason, due_at) VALUES ($1, $2, $3, now() + $4 * interval '1 ms')
    ON CONFLICT (order_id, kind) DO NOTHING`,
};
/** Hands out what is due, refunds among them, each to one caller: it is due again only when that one has had its time. */
const takeDue: Statement = {
  name: 'order_take_owed',
  text: `WITH debt AS (UPDATE compensation SET attempts = attempts + 1, due_at = now() + interval '20 seconds' WHERE (order_id, kind) IN (
        SELECT order_id, kind FROM compensation WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
      RETURNING order_id, kind, refund_id, minor, currency, reason, attempts, NULL::integer AS giving),
    refund AS (UPDATE order_refund SET attempts = attempts + 1, due_at = now() + interval '20 seconds' WHERE id IN (
        SELECT id FROM order_refund WHERE status = 'pending' AND due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
      RETURNING order_id, 'refund' AS kind, id AS refund_id, minor, currency, reason, attempts, giving)
    SELECT * FROM debt UNION ALL SELECT * FROM refund`,
};
const remove: Statement = { name: 'order_settle_owed', text: 'DELETE FROM compensation WHERE order_id = $1 AND kind = $2' };
const postpone: Statement = {
  name: 'order_postpone_owed',
  text: `UPDATE compensation SET due_at = now() + $3 * interval '1 ms', last_error = $4 WHERE order_id = $1 AND kind = $2`,
};

const postponeRefund: Statement = {
  name: 'order_postpone_refund',
  text: `UPDATE order_refund SET due_at = now() + $2 * interval '1 ms', last_error = $3 WHERE id = $1 AND status = 'pending'`,
};

type Row = {
  readonly order_id: string;
  readonly kind: Owed['kind'];
  readonly refund_id: string | null;
  readonly minor: string | null;
  readonly currency: string | null;
  readonly reason: string | null;
  readonly attempts: number;
  readonly giving: number | null;
};

/** What is owed, in PostgreSQL: one row per order and kind, and the refunds. */
export function pgOwedStore(database: Database): OwedStore {
  return {
    owe: (owed, afterMs) => owe(database, owed, afterMs),
    takeDue: async (limit) => (await database.query<Row>(takeDue, [limit])).map(owedFrom),
    settle: async ({ orderId, kind }) => void (await database.query(remove, [uuidOf('order', orderId), kind])),
    postpone: async (owed, because, againMs) => {
      await database.query(postpone, [uuidOf('order', owed.orderId), owed.kind, againMs, because.slice(0, 500)]);
      if (owed.kind === 'refund') await database.query(postponeRefund, [uuidOf('refund', owed.refundId), againMs, because.slice(0, 500)]);
    },
  };
}

/** Writes one debt; owing it twice changes nothing. The refund of a cancellation is one of the order's refunds. */
export async function owe(session: Session, owed: Owed, afterMs: number): Promise<void> {
  if (owed.kind === 'refund') {
    const { refundId: id, orderId, amount } = owed;
    return openRefund(
      session,
      { id, orderId, amount, cause: 'cancel', reason: 'the order was cancelled', lines: [] },
      { requestedBy: null, afterMs },
    );
  }
  await session.query(insert, [uuidOf('order', owed.orderId), owed.kind, owed.kind === 'cancel' ? owed.reason : null, afterMs]);
}

/** Ends a debt inside the transaction that makes it void. */
export async function settleOwed(session: Session, orderId: string, kind: Owed['kind']): Promise<void> {
  await session.query(remove, [orderId, kind]);
}

function owedFrom(row: Row): Owed & { readonly attempts: number } {
  const { attempts } = row;
  const orderId = toPublicId('order', row.order_id);
  switch (row.kind) {
    case 'release':
      return { kind: 'release', orderId, attempts };
    case 'cancel':
      return { kind: 'cancel', orderId, reason: row.reason ?? 'cancelled', attempts };
    case 'refund':
      return {
        kind: 'refund',
        orderId,
        refundId: toPublicId('refund', row.refund_id ?? ''),
        amount: money(BigInt(row.minor ?? 0), row.currency as Currency),
        giving: row.giving ?? 1,
        attempts,
      };
  }
}
