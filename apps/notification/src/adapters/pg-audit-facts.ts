import { type AuditFact, type AuditFacts, factsByOrder, toPublicId, writtenSince } from '@tandem/host';
import type { Database, Statement } from '@tandem/kernel';

const sentWhere = (which: string): string =>
  `SELECT id, order_id, kind, source, coalesce(sent_at, created_at) AS at FROM delivery WHERE status = 'sent' AND ${which}`;
const page: Statement = { name: 'notification_audit', text: sentWhere('id > $1 ORDER BY id LIMIT $2') };
const ofOrders: Statement = { name: 'notification_audit_of', text: sentWhere('order_id = ANY($1::uuid[])') };
const changed: Statement = {
  name: 'notification_audit_changed',
  text: `SELECT order_id AS id FROM delivery WHERE ${writtenSince('created_at')} UNION SELECT order_id FROM delivery WHERE ${writtenSince('sent_at')} LIMIT $2`,
};

type Row = { readonly id: string; readonly order_id: string; readonly kind: string; readonly source: string; readonly at: Date };

/** One fact per mail sent; the cursor is the last id. */
export function pgAuditFacts(database: Database): AuditFacts {
  return factsByOrder(database, { page, ofOrders, changed, factOf });
}

function factOf({ id, order_id, kind, source, at }: Row): AuditFact {
  return {
    kind: 'mail.sent',
    subject: toPublicId('order', order_id),
    detail: `${kind}${source}`,
    at: at.toISOString(),
    rows: [{ table: 'delivery', id }],
  };
}
