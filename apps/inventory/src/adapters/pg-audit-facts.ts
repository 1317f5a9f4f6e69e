import { type AuditFact, badCursor, type Composition, factCursor, toPublicId } from '@tandem/host';
import type { Database, Statement } from '@tandem/kernel';

/** Stock of all locations beside the sum of its ledger and what reservations hold, in one snapshot. `$1` last variant, `$2` limit. */
const stockFacts: Statement = {
  name: 'inventory_audit_stock',
  text: `SELECT s.variant_id AS position, s.on_hand AS quantity, now() AS at, json_build_object(
      'reserved', s.reserved, 'held', coalesce(h.held, 0), 'introduced', coalesce(m.introduced, 0), 'adjusted', coalesce(m.adjusted, 0),
      'taken', coalesce(m.taken, 0), 'returned', coalesce(m.returned, 0), 'sold', coalesce(m.taken, 0) - coalesce(m.returned, 0))::text AS detail
    FROM (SELECT variant_id, sum(on_hand) AS on_hand, sum(reserved) AS reserved FROM stock WHERE variant_id > $1 GROUP BY 1 ORDER BY 1 LIMIT $2) s
    LEFT JOIN LATERAL (
      SELECT sum(quantity) FILTER (WHERE kind = 'introduced') AS introduced, sum(quantity) FILTER (WHERE kind = 'adjusted') AS adjusted,
        -sum(quantity) FILTER (WHERE kind = 'taken') AS taken, sum(quantity) FILTER (WHERE kind = 'returned') AS returned
      FROM movement WHERE variant_id = s.variant_id) m ON true
    LEFT JOIN (
      SELECT l.variant_id, sum(l.quantity) AS held FROM reservation r JOIN reservation_line l USING (order_id) WHERE r.status = 'reserved' GROUP BY 1) h
      ON h.variant_id = s.variant_id
    ORDER BY s.variant_id`,
};

/** Units sold and not returned, and the seats among them, order by order. `$1` last order, `$2` limit. */
const soldFacts: Statement = {
  name: 'inventory_audit_sold',
  text: `SELECT order_id AS position, -sum(quantity) AS quantity, max(at) AS at, json_build_object(
      'taken', coalesce(-sum(quantity) FILTER (WHERE kind = 'taken'), 0), 'returned', coalesce(sum(quantity) FILTER (WHERE kind = 'returned'), 0))::text AS detail,
      (SELECT json_agg(s) FROM seat s WHERE s.order_id = movement.order_id) AS seats
    FROM movement WHERE order_id > $1 GROUP BY order_id ORDER BY order_id LIMIT $2`,
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
  readonly statement: Statement;
  readonly next: string;
};

/** The parts of the listing, by the prefix of their cursors; `next` is the cursor that goes on after the last page. */
const parts: Readonly<Record<string, Part>> = {
  stock: { kind: 'stock', idKind: 'variant', tables: ['stock', 'movement'], statement: stockFacts, next: 'sold:' },
  sold: { kind: 'stock.sold', idKind: 'order', tables: ['reservation', 'movement'], statement: soldFacts, next: '' },
};

/** First every variant's stock (`stock`), then what every order took (`stock.sold`). Cursor: part and last id, `stock:<uuid>`. */
export function pgAuditFacts(database: Database): NonNullable<Composition['auditFacts']> {
  return async (cursor, limit) => {
    const [name = '', after = ''] = (cursor || 'stock:').split(':');
    const part = parts[name];
    if (!part) throw badCursor();
    const rows = await database.query<Row>(part.statement, [factCursor(after), limit]);
    return {
      facts: rows.map((row) => toFact(part, row)),
      nextCursor: rows.length < limit ? part.next : `${name}:${rows.at(-1)?.position}`,
    };
  };
}

function toFact({ kind, idKind, tables }: Part, { position, quantity, at, detail, seats }: Row): AuditFact {
  const named = seats?.map(({ variant_id, label }) => `${toPublicId('variant', variant_id)} ${label}`);
  const told = named ? JSON.stringify({ ...(JSON.parse(detail) as object), seats: named }) : detail;
  const rows = tables.map((table) => ({ table, id: position }));
  return { kind, subject: toPublicId(idKind, position), quantity: String(quantity), detail: told, at: at.toISOString(), rows };
}
