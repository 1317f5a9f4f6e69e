import { type AuditFact, type AuditFacts, factsByOrder, toPublicId } from '@tandem/host';
import type { Database } from '@tandem/kernel';
import { auditChanged, auditFacts, auditFactsOf } from './audit-statements.js';

type Row = {
  id: string;
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
  return factsByOrder(database, { page: auditFacts, ofOrders: auditFactsOf, changed: auditChanged, factOf });
}

function factOf(row: Row): AuditFact {
  return {
    kind: row.kind,
    subject: toPublicId('order', row.order_id),
    money: { amount: row.minor, currency: row.currency },
    detail: row.detail,
    at: row.at.toISOString(),
    rows: [{ table: row.kind === 'payment.captured' ? 'payment' : 'refund', id: row.id }],
    ...(row.age_ms === null ? {} : { ageMs: row.age_ms }),
  };
}
