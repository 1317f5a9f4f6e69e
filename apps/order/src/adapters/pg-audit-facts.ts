import { type AuditFact, type AuditFacts, ageOf, badCursor, toPublicId, writtenSince } from '@tandem/host';
import type { Database, Statement } from '@tandem/kernel';

const factsWhere = (
  which: string,
): string => `SELECT o.sequence, o.id, o.customer_id, o.cart_id, o.status, o.currency, o.total, o.confirmed_at, o.is_promised, o.lines, o.subtotal - o.discount AS goods,
      o.points_earned, o.points_redeemed, h.at, ${ageOf('h.written_at')} AS age_ms, h.history, h.last, h.refunded, (
        SELECT json_agg(json_build_object('row', r.id, 'status', r.status, 'cause', r.cause, 'minor', r.minor::text, 'currency', r.currency,
          'at', coalesce(r.settled_at, r.created_at), 'ageMs', ${ageOf('coalesce(r.settled_at, r.created_at)')}) ORDER BY r.created_at, r.id)
        FROM order_refund r WHERE r.order_id = o.id) AS refunds
    FROM orders o CROSS JOIN LATERAL (
      SELECT max(e.at) FILTER (WHERE e.type LIKE 'order.%') AS at, max(e.written_at) FILTER (WHERE e.type LIKE 'order.%') AS written_at, json_agg(e.type ORDER BY e.sequence) AS history, max(e.sequence)::int AS last,
        jsonb_agg(e.data->'lines') FILTER (WHERE e.type = 'order.refunded') AS refunded
      FROM order_history e WHERE e.order_id = o.id) h
    WHERE ${which}`;
const page: Statement = { name: 'order_audit_facts', text: factsWhere('o.sequence > $1 ORDER BY o.sequence LIMIT $2') };
const ofOrders: Statement = { name: 'order_audit_facts_of', text: factsWhere('o.id = ANY($1::uuid[])') };
/** An operator's word on a refund and its end have their time; one that waits is looked at until it has one. */
const changed: Statement = {
  name: 'order_audit_changed',
  text: `SELECT order_id AS id FROM order_history WHERE ${writtenSince('written_at')}
    UNION SELECT order_id FROM order_refund WHERE ${writtenSince('created_at')}
    UNION SELECT order_id FROM order_refund WHERE ${writtenSince('settled_at')}
    UNION SELECT order_id FROM order_refund WHERE status = 'pending'
    UNION SELECT order_id FROM order_refund WHERE status = 'refused'
    UNION SELECT id FROM orders WHERE status IN ('pending', 'requires-action', 'payment-unknown')
    LIMIT $2`,
};

type Row = {
  readonly sequence: string;
  readonly id: string;
  readonly customer_id: string | null;
  readonly cart_id: string;
  readonly status: string;
  readonly currency: string;
  readonly total: string;
  /** What the shopper pays for the goods alone. */
  readonly goods: string;
  readonly history: readonly string[];
  readonly last: number;
  readonly confirmed_at: Date | null;
  readonly at: Date;
  readonly age_ms: string;
  readonly is_promised: boolean;
  readonly lines: readonly {
    readonly lineId: string;
    readonly variantId: string;
    readonly quantity: number;
    readonly seats?: readonly string[];
  }[];
  /** The lines each refund gave back, none for an amount alone. Null without refunds. */
  readonly refunded: readonly (readonly { readonly lineId: string; readonly quantity: number }[] | null)[] | null;
  /** Amounts as text, `at` when it ended or, if it has not, was opened. Null without refunds. */
  readonly refunds: readonly { readonly row: string; readonly status: string; readonly minor: string; readonly at: string }[] | null;
  readonly points_earned: number;
  readonly points_redeemed: number;
};

/** One fact per order: `order.confirmed`, `order.cancelled` or `order.open`, `at` the moment of its last transition, its age that of the row it was written down in; its lines with the units that refunds gave back, its refunds, and what it was told of its points. The cursor is the last sequence. */
export function pgAuditFacts(database: Database): AuditFacts {
  return {
    page: async (cursor, limit) => {
      if (!/^\d{0,18}$/.test(cursor)) throw badCursor();
      const rows = await database.query<Row>(page, [cursor === '' ? '0' : cursor, limit]);
      return { facts: rows.map(factOf), nextCursor: rows.length === limit ? (rows.at(-1)?.sequence ?? '') : '' };
    },
    of: async ({ orders }) => (await database.query<Row>(ofOrders, [orders])).map(factOf),
    changedSince: async (since, most) => {
      const rows = await database.query<{ id: string }>(changed, [since, most]);
      return { orders: rows.map(({ id }) => id), variants: [] };
    },
  };
}

function factOf(row: Row): AuditFact {
  const wasConfirmed = row.confirmed_at !== null;
  const back = (row.refunded ?? []).flatMap((lines) => lines ?? []);
  const returnedOf = (id: string): number => back.reduce((units, { lineId, quantity }) => (lineId === id ? units + quantity : units), 0);
  const detail = {
    customerId: row.customer_id && toPublicId('customer', row.customer_id),
    status: row.status,
    cartId: toPublicId('cart', row.cart_id),
    wasConfirmed,
    isPromised: row.is_promised,
    goods: row.goods,
    history: row.history,
    lastSequence: row.last,
    pointsEarned: row.points_earned,
    pointsRedeemed: row.points_redeemed,
    refunds: (row.refunds ?? []).map((refund) => ({ id: toPublicId('refund', refund.row), ...refund })),
    lines: row.lines.map(({ lineId, variantId, quantity, seats }) => ({
      variantId,
      quantity,
      returned: returnedOf(lineId),
      ...(seats ? { seats } : {}),
    })),
  };
  return {
    kind: row.status === 'cancelled' ? 'order.cancelled' : wasConfirmed ? 'order.confirmed' : 'order.open',
    subject: toPublicId('order', row.id),
    money: { amount: row.total, currency: row.currency },
    detail: JSON.stringify(detail),
    at: row.at.toISOString(),
    ageMs: row.age_ms,
    rows: [{ table: 'orders', id: row.id }],
  };
}
