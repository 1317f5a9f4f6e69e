import { type AuditFact, type AuditFacts, factCursor, toPublicId } from '@tandem/host';
import type { Database } from '@tandem/kernel';
import { auditChanged, auditFacts, auditFactsOf } from './audit-statements.js';

type Row = {
  position: string;
  kind: string;
  order_id: string;
  minor: string;
  currency: string;
  detail: string;
  at: Date;
  age_ms: string | null;
};

/** What was captured, refunded, and is in the bank's hand to be (`at` since when), order by order; the cursor is the last id. */
export function pgAuditFacts(database: Database): AuditFacts {
  return {
    page: async (cursor, limit) => {
      const rows = await database.query<Row>(auditFacts, [factCursor(cursor), limit]);
      return { facts: rows.map(factOf), nextCursor: rows.length === limit ? (rows.at(-1)?.position ?? '') : '' };
    },
    of: async ({ orders }) => (await database.query<Row>(auditFactsOf, [orders])).map(factOf),
    changedSince: async (since, most) => {
      const rows = await database.query<{ id: string }>(auditChanged, [since, most]);
      return { orders: rows.map(({ id }) => id), variants: [] };
    },
  };
}

function factOf(row: Row): AuditFact {
  return {
    kind: row.kind,
    subject: toPublicId('order', row.order_id),
    money: { amount: row.minor, currency: row.currency },
    detail: row.detail,
    at: row.at.toISOString(),
    rows: [{ table: row.kind === 'payment.captured' ? 'payment' : 'refund', id: row.position }],
    ...(row.age_ms === null ? {} : { ageMs: row.age_ms }),
  };
}
