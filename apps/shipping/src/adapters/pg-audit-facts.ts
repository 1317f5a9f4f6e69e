import { type AuditFact, type AuditFacts, factsByOrder, toPublicId, writtenSince } from '@tandem/host';
import type { Database, Statement } from '@tandem/kernel';

const shipmentsWhere = (which: string): string =>
  `SELECT id, order_id, CASE WHEN refusal IS NULL THEN status ELSE 'refused' END AS status, created_at FROM shipment WHERE owner_id IS NOT NULL AND ${which}`;
const page: Statement = { name: 'shipping_audit', text: shipmentsWhere('id > $1 ORDER BY id LIMIT $2') };
const ofOrders: Statement = { name: 'shipping_audit_of', text: shipmentsWhere('order_id = ANY($1::uuid[])') };
/** Of labels and of the way of a parcel the order's history tells. */
const changed: Statement = {
  name: 'shipping_audit_changed',
  text: `SELECT DISTINCT order_id AS id FROM shipment WHERE ${writtenSince('created_at')} LIMIT $2`,
};

type Row = { readonly id: string; readonly order_id: string; readonly status: string; readonly created_at: Date };

/** One fact per order's shipment: its status, or `refused`; the cursor is the last id. */
export function pgAuditFacts(database: Database): AuditFacts {
  return factsByOrder(database, { page, ofOrders, changed, factOf });
}

function factOf({ id, order_id, status, created_at }: Row): AuditFact {
  return {
    kind: 'shipment',
    subject: toPublicId('order', order_id),
    detail: status,
    at: created_at.toISOString(),
    rows: [{ table: 'shipment', id }],
  };
}
