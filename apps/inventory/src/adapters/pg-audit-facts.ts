import { type AuditFact, type AuditFacts, badCursor, factCursor, toPublicId, writtenSince } from '@tandem/host';
import type { Database, Statement } from '@tandem/kernel';

/** Stock of all locations beside the sum of its ledger and what reservations hold, in one snapshot. `of`: a query for the variants. */
const stockOf = (of: string): string => `SELECT s.variant_id AS position, s.on_hand AS quantity, now() AS at, json_build_object(
      'reserved', s.reserved, 'held', coalesce(h.held, 0), 'introduced', coalesce(m.introduced, 0), 'adjusted', coalesce(m.adjusted, 0),
      'taken', coalesce(m.taken, 0), 'returned', coalesce(m.returned, 0), 'sold', coalesce(m.taken, 0) - coalesce(m.returned, 0))::text AS detail
    FROM (SELECT variant_id, sum(on_hand) AS on_hand, sum(reserved) AS reserved FROM stock WHERE ${of}) s
    LEFT JOIN LATERAL (
      SELECT sum(quantity) FILTER (WHERE kind = 'introduced') AS introduced, sum(quantity) FILTER (WHERE kind = 'adjusted') AS adjusted,
        -sum(quantity) FILTER (WHERE kind = 'taken') AS taken, sum(quantity) FILTER (WHERE kind = 'returned') AS returned
      FROM movement WHERE variant_id = s.variant_id) m ON true
    LEFT JOIN (
      SELECT l.variant_id, sum(l.quantity) AS held FROM reservation r JOIN reservation_line l USING (order_id) WHERE r.status = 'reserved' GROUP BY 1) h
      ON h.variant_id = s.variant_id
    ORDER BY s.variant_id`;
const stockPage: Statement = { name: 'inventory_audit_stock', text: stockOf('variant_id > $1 GROUP BY 1 ORDER BY 1 LIMIT $2') };
/** Of variants (`$1`), and of those in orders (`$2`). */
const stockOfThese: Statement = {
  name: 'inventory_audit_stock_of',
  text: stockOf(`variant_id = ANY(ARRAY(SELECT unnest($1::uuid[])
      UNION SELECT variant_id FROM reservation_line WHERE order_id = ANY($2::uuid[]) UNION SELECT variant_id FROM movement WHERE order_id = ANY($2::uuid[]))) GROUP BY 1`),
};

/** Units sold and not returned, and the seats among them, order by order. */
const soldOf = (which: string): string => `SELECT order_id AS position, -sum(quantity) AS quantity, max(at) AS at, json_build_object(
      'taken', coalesce(-sum(quantity) FILTER (WHERE kind = 'taken'), 0), 'returned', coalesce(sum(quantity) FILTER (WHERE kind = 'returned'), 0))::text AS detail,
      (SELECT json_agg(s) FROM seat s WHERE s.order_id = movement.order_id) AS seats
    FROM movement WHERE ${which}`;
const soldPage: Statement = { name: 'inventory_audit_sold', text: soldOf('order_id > $1 GROUP BY order_id ORDER BY order_id LIMIT $2') };
const soldOfThese: Statement = { name: 'inventory_audit_sold_of', text: soldOf('order_id = ANY($1::uuid[]) GROUP BY order_id') };

/** That a reservation ended without a sale has no time of its own; its order has one. */
const changedOrders: Statement = {
  name: 'inventory_audit_changed_orders',
  text: `SELECT order_id AS id FROM movement WHERE order_id IS NOT NULL AND ${writtenSince('at')}
    UNION SELECT order_id FROM reservation WHERE ${writtenSince('created_at')} UNION SELECT order_id FROM reservation WHERE status = 'reserved' LIMIT $2`,
};
const changedVariants: Statement = {
  name: 'inventory_audit_changed_variants',
  text: `SELECT DISTINCT variant_id AS id FROM movement WHERE order_id IS NULL AND ${writtenSince('at')} LIMIT $2`,
};

type Row = {
  readonly position: string;
  readonly quantity: number | string;
  readonly at: Date;
  readonly detail: string;
  readonly seats?: readonly { readonly variant_id: string; readonly label: string }[] | null;
};
type Part = {
  readonly kind: string;
  readonly idKind: 'variant' | 'order';
  readonly tables: readonly string[];
  readonly page: Statement;
  readonly next: string;
};

/** The parts of the listing, by the prefix of their cursors; `next` is the cursor that goes on after the last page. */
const parts = {
  stock: { kind: 'stock', idKind: 'variant', tables: ['stock', 'movement'], page: stockPage, next: 'sold:' },
  sold: { kind: 'stock.sold', idKind: 'order', tables: ['reservation', 'movement'], page: soldPage, next: '' },
} satisfies Readonly<Record<string, Part>>;

/** First every variant's stock (`stock`), then what every order took (`stock.sold`). Cursor: part and last id, `stock:<uuid>`. With some orders the stock of their variants is told. */
export function pgAuditFacts(database: Database): AuditFacts {
  return {
    page: async (cursor, limit) => {
      const [name = '', after = ''] = (cursor || 'stock:').split(':');
      const part = (parts as Readonly<Record<string, Part>>)[name];
      if (!part) throw badCursor();
      const rows = await database.query<Row>(part.page, [factCursor(after), limit]);
      return {
        facts: rows.map((row) => toFact(part, row)),
        nextCursor: rows.length < limit ? part.next : `${name}:${rows.at(-1)?.position}`,
      };
    },
    of: async ({ orders, variants }) => {
      const [stock, sold] = await Promise.all([
        database.query<Row>(stockOfThese, [variants, orders]),
        database.query<Row>(soldOfThese, [orders]),
      ]);
      return [...stock.map((row) => toFact(parts.stock, row)), ...sold.map((row) => toFact(parts.sold, row))];
    },
    changedSince: async (since, most) => {
      const [orders, variants] = await Promise.all(
        [changedOrders, changedVariants].map((statement) => database.query<{ id: string }>(statement, [since, most])),
      );
      return { orders: (orders ?? []).map(({ id }) => id), variants: (variants ?? []).map(({ id }) => id) };
    },
  };
}

function toFact({ kind, idKind, tables }: Part, { position, quantity, at, detail, seats }: Row): AuditFact {
  const named = seats?.map(({ variant_id, label }) => `${toPublicId('variant', variant_id)} ${label}`);
  const told = named ? JSON.stringify({ ...(JSON.parse(detail) as object), seats: named }) : detail;
  const rows = tables.map((table) => ({ table, id: position }));
  return { kind, subject: toPublicId(idKind, position), quantity: String(quantity), detail: told, at: at.toISOString(), rows };
}
