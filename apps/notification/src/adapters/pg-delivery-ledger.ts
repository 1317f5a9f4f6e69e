import { type Composition, newUuid, toPublicId } from '@tandem/host';
import { type Database, sessionOf, type Statement, type Tx } from '@tandem/kernel';
import type { Delivery, DeliveryFacts, DeliveryLedger, Planned } from '../domain/delivery-ledger.js';
import type { MailKind } from '../domain/mail.js';

const plan: Statement = {
  name: 'notification_plan',
  text: `INSERT INTO delivery (id, order_id, kind, source, message_id, recipient, status) VALUES ($1, $2, $3, $4, $5, $6, 'sending')
         ON CONFLICT (order_id, kind, source) DO UPDATE SET attempts = delivery.attempts + 1, status = CASE delivery.status WHEN 'rejected' THEN 'sending' ELSE delivery.status END
         RETURNING status, attempts`,
};
const end: Statement = { name: 'notification_end', text: 'UPDATE delivery SET status = $2, sent_at = now(), reason = NULL WHERE message_id = $1' };
const reject: Statement = { name: 'notification_reject', text: "UPDATE delivery SET status = 'rejected', reason = $2 WHERE message_id = $1 AND status = 'sending'" };
const ofOrder: Statement = {
  name: 'notification_of_order',
  text: 'SELECT order_id, kind, source, message_id, recipient, status, coalesce(sent_at, created_at) AS at FROM delivery WHERE order_id = $1 ORDER BY created_at',
};
const audit: Statement = {
  name: 'notification_audit',
  text: "SELECT id, order_id, kind, source, coalesce(sent_at, created_at) AS at FROM delivery WHERE status = 'sent' AND id > $1 ORDER BY id LIMIT $2",
};

type Row = { id: string; order_id: string; kind: MailKind; source: string; message_id: string; recipient: string; status: Delivery['status']; at: Date };

/** The delivery ledger in PostgreSQL. */
export class PgDeliveryLedger implements DeliveryLedger {
  constructor(private readonly database: Database) {}

  async plan(tx: Tx, { orderId, kind, source, messageId, recipient }: DeliveryFacts): Promise<Planned> {
    const [row] = await sessionOf(tx).query<{ status: string; attempts: number }>(plan, [newUuid(), orderId, kind, source, messageId, recipient]);
    if (row?.status === 'sent') return { kind: 'already-ended' };
    return { kind: row?.attempts === 1 ? 'first-try' : 'tried-before' };
  }

  async end(tx: Tx, messageId: string, status: 'sent'): Promise<void> {
    await sessionOf(tx).query(end, [messageId, status]);
  }

  async reject(messageId: string, because: string): Promise<void> {
    await this.database.query(reject, [messageId, because]);
  }

  async ofOrder(orderId: string): Promise<readonly Delivery[]> {
    const rows = await this.database.query<Row>(ofOrder, [orderId]);
    return rows.map((row) => ({ orderId: row.order_id, kind: row.kind, source: row.source, messageId: row.message_id, recipient: row.recipient, status: row.status, at: row.at }));
  }

  /** One fact per mail sent; the cursor is the last id. */
  readonly auditFacts: NonNullable<Composition['auditFacts']> = async (cursor, limit) => {
    const rows = await this.database.query<Row>(audit, [cursor === '' ? '00000000-0000-0000-0000-000000000000' : cursor, limit]);
    const facts = rows.map((row) => ({ kind: 'mail.sent', subject: toPublicId('order', row.order_id), detail: `${row.kind}${row.source}`, at: row.at.toISOString() }));
    return { facts, nextCursor: rows.length === limit ? (rows.at(-1)?.id ?? '') : '' };
  };
}
