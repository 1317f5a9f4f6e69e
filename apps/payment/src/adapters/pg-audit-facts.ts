import { type Composition, factCursor, toPublicId } from '@tandem/host';
import type { Database } from '@tandem/kernel';
import { auditFacts } from './payment-statements.js';

type Row = { position: string; kind: string; order_id: string; minor: string; currency: string; detail: string; at: Date };

/** What was captured and refunded, order by order; the cursor is the last id. */
export function pgAuditFacts(database: Database): NonNullable<Composition['auditFacts']> {
  return async (cursor, limit) => {
    const rows = await database.query<Row>(auditFacts, [factCursor(cursor), limit]);
    const facts = rows.map((row) => ({
      kind: row.kind,
      subject: toPublicId('order', row.order_id),
      money: { amount: row.minor, currency: row.currency },
      detail: row.detail,
      at: row.at.toISOString(),
      rows: [{ table: row.kind === 'payment.captured' ? 'payment' : 'refund', id: row.position }],
    }));
    return { facts, nextCursor: rows.length === limit ? (rows.at(-1)?.position ?? '') : '' };
  };
}
