import { type AuditFact, type AuditFacts, toPublicId, writtenSince } from '@tandem/host';
import type { Database, Statement } from '@tandem/kernel';

const entriesWhere = (which: string): string =>
  `SELECT id, sequence, kind, -shop AS points, order_id, at, pending + available + shop AS rest FROM ledger_entry WHERE ${which}`;
const page: Statement = { name: 'loyalty_audit', text: entriesWhere('sequence > $1 ORDER BY sequence LIMIT $2') };
const ofOrders: Statement = { name: 'loyalty_audit_of', text: entriesWhere('order_id = ANY($1::uuid[]) ORDER BY sequence') };
const sum: Statement = {
  name: 'loyalty_audit_sum',
  text: 'SELECT sum(pending + available + shop) AS total, max(at) AS at FROM ledger_entry HAVING count(*) > 0',
};
/** `at` is when the points were earned or spent, which may be long before. */
const changed: Statement = {
  name: 'loyalty_audit_changed',
  text: `SELECT DISTINCT order_id AS id FROM ledger_entry WHERE ${writtenSince('written_at')} LIMIT $2`,
};

type Row = {
  readonly id: string;
  readonly sequence: string;
  readonly kind: string;
  readonly points: string;
  readonly order_id: string;
  readonly at: Date;
  /** What the entry makes of all accounts together: nothing, if it is a right one. */
  readonly rest: string;
};

/** Every entry by order, and in the last page whether the ledger sums to zero; the cursor is the last sequence. Of some orders' entries each has to; one that does not is told of its order. */
export function pgAuditFacts(database: Database): AuditFacts {
  return {
    page: async (cursor, limit) => {
      const rows = await database.query<Row>(page, [cursor === '' ? '0' : cursor, limit]);
      const facts = rows.map(factOf);
      const last = rows.at(-1);
      if (rows.length === limit && last) return { facts, nextCursor: last.sequence };
      const sums = await database.query<{ total: string; at: Date }>(sum);
      return { facts: [...facts, ...sums.map(({ total, at }) => sumOf('ledger', total, { at, rows: [] }))], nextCursor: '' };
    },
    of: async ({ orders }) => {
      const rows = await database.query<Row>(ofOrders, [orders]);
      const wrong = rows.filter(({ rest }) => rest !== '0');
      return [
        ...rows.map(factOf),
        ...wrong.map((row) => sumOf(toPublicId('order', row.order_id), row.rest, { at: row.at, rows: rowsOf(row) })),
      ];
    },
    changedSince: async (since, most) => {
      const rows = await database.query<{ id: string }>(changed, [since, most]);
      return { orders: rows.map(({ id }) => id), variants: [] };
    },
  };
}

function factOf(row: Row): AuditFact {
  return {
    kind: 'points.entry',
    subject: toPublicId('order', row.order_id),
    quantity: row.points,
    detail: row.kind,
    at: row.at.toISOString(),
    rows: rowsOf(row),
  };
}

function rowsOf({ id }: Row): AuditFact['rows'] {
  return [{ table: 'ledger_entry', id }];
}

function sumOf(subject: string, quantity: string, { at, rows }: { at: Date; rows: AuditFact['rows'] }): AuditFact {
  return { kind: 'ledger.sum', subject, quantity, detail: '', at: at.toISOString(), rows };
}
