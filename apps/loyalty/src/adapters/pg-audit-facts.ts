import { type AuditFact, type AuditFacts, toPublicId, writtenSince } from '@tandem/host';
import type { Database, Statement } from '@tandem/kernel';

const entriesWhere = (which: string): string =>
  `SELECT id, sequence, kind, -shop AS points, order_id, at, pending + available + shop AS rest FROM ledger_entry WHERE ${which}`;
const page: Statement = { name: 'loyalty_audit', text: entriesWhere('sequence > $1 ORDER BY sequence LIMIT $2') };
const ofOrders: Statement = { name: 'loyalty_audit_of', text: entriesWhere('order_id = ANY($1::uuid[]) ORDER BY sequence') };
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

/** Every entry by order, and what each comes to that does not sum to zero, as each has to for the ledger to; the cursor is the last sequence. */
export function pgAuditFacts(database: Database): AuditFacts {
  return {
    page: async (cursor, limit) => {
      const rows = await database.query<Row>(page, [cursor === '' ? '0' : cursor, limit]);
      return { facts: rows.flatMap(factsOf), nextCursor: rows.length === limit ? (rows.at(-1)?.sequence ?? '') : '' };
    },
    of: async ({ orders }) => (await database.query<Row>(ofOrders, [orders])).flatMap(factsOf),
    changedSince: async (since, most) => {
      const rows = await database.query<{ id: string }>(changed, [since, most]);
      return { orders: rows.map(({ id }) => id), variants: [] };
    },
  };
}

function factsOf({ id, kind, points, order_id, at, rest }: Row): readonly AuditFact[] {
  const shared = { subject: toPublicId('order', order_id), at: at.toISOString(), rows: [{ table: 'ledger_entry', id }] };
  const entry = { ...shared, kind: 'points.entry', quantity: points, detail: kind };
  return rest === '0' ? [entry] : [entry, { ...shared, kind: 'ledger.sum', quantity: rest, detail: '' }];
}
