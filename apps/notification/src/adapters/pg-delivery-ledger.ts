import { type Composition, factCursor, newUuid, toPublicId } from '@tandem/host';
import { type Database, sessionOf, type Statement, type Tx } from '@tandem/kernel';
import type { Delivery, DeliveryFacts, DeliveryLedger, Planned } from '../domain/delivery-ledger.js';
import { isAboutMoney, type MailKind, topicOf, usualPreferences } from '../domain/mail-kind.js';

/** `$9`: the topic that can be switched off, null for mails about money; `$10`: what holds until somebody chooses. */
const plan: Statement = {
  name: 'notification_plan',
  text: `INSERT INTO delivery (id, order_id, kind, source, message_id, recipient, title, owner_id, status)
    SELECT $1, $2, $3, $4, $5, $6::text, $7, owner.id, CASE WHEN $9::text IS NULL OR coalesce((SELECT wanted FROM preference
        WHERE subject IN (owner.id::text, lower($6::text)) AND topic = $9 ORDER BY subject = lower($6::text) LIMIT 1), $10) THEN 'sending' ELSE 'withheld' END
      FROM (SELECT coalesce($8::uuid, (SELECT owner_id FROM delivery WHERE order_id = $2 AND kind = 'order.confirmed' AND source = '')) AS id) owner
    ON CONFLICT (order_id, kind, source) DO UPDATE SET attempts = delivery.attempts + 1, status = CASE delivery.status WHEN 'rejected' THEN 'sending' ELSE delivery.status END
    RETURNING status, attempts, token`,
};
const end: Statement = {
  name: 'notification_end',
  text: 'UPDATE delivery SET status = $2, sent_at = now(), reason = NULL WHERE message_id = $1',
};
const reject: Statement = {
  name: 'notification_reject',
  text: "UPDATE delivery SET status = 'rejected', reason = $2 WHERE message_id = $1 AND status = 'sending'",
};
const ofOrder: Statement = {
  name: 'notification_of_order',
  text: 'SELECT order_id, kind, source, message_id, recipient, status, coalesce(sent_at, created_at) AS at FROM delivery WHERE order_id = $1 ORDER BY created_at',
};
const audit: Statement = {
  name: 'notification_audit',
  text: "SELECT id, order_id, kind, source, coalesce(sent_at, created_at) AS at FROM delivery WHERE status = 'sent' AND id > $1 ORDER BY id LIMIT $2",
};

type Row = {
  id: string;
  order_id: string;
  kind: MailKind;
  source: string;
  message_id: string;
  recipient: string;
  status: Delivery['status'];
  at: Date;
};

/** The delivery ledger in PostgreSQL. */
export class PgDeliveryLedger implements DeliveryLedger {
  constructor(private readonly database: Database) {}

  async plan(tx: Tx, { orderId, kind, source, messageId, recipient, title, ownerId }: DeliveryFacts): Promise<Planned> {
    const topic = topicOf[kind];
    const values = [
      newUuid(),
      orderId,
      kind,
      source,
      messageId,
      recipient,
      title,
      ownerId,
      isAboutMoney(kind) ? null : topic,
      usualPreferences[topic],
    ];
    const [row] = await sessionOf(tx).query<{ status: Delivery['status']; attempts: number; token: string }>(plan, values);
    if (!row) throw new Error(`the mail ${messageId} was neither planned nor found`);
    if (row.status === 'sent') return { kind: 'already-ended', token: row.token };
    if (row.status === 'withheld') return { kind: 'withheld', token: row.token };
    return { kind: row.attempts === 1 ? 'first-try' : 'tried-before', token: row.token };
  }

  async end(tx: Tx, messageId: string, status: 'sent'): Promise<void> {
    await sessionOf(tx).query(end, [messageId, status]);
  }

  async reject(messageId: string, because: string): Promise<void> {
    await this.database.query(reject, [messageId, because]);
  }

  async ofOrder(orderId: string): Promise<readonly Delivery[]> {
    const rows = await this.database.query<Row>(ofOrder, [orderId]);
    return rows.map((row) => ({
      orderId: row.order_id,
      kind: row.kind,
      source: row.source,
      messageId: row.message_id,
      recipient: row.recipient,
      status: row.status,
      at: row.at,
    }));
  }

  /** One fact per mail sent; the cursor is the last id. */
  readonly auditFacts: NonNullable<Composition['auditFacts']> = async (cursor, limit) => {
    const rows = await this.database.query<Row>(audit, [factCursor(cursor), limit]);
    const facts = rows.map((row) => ({
      kind: 'mail.sent',
      subject: toPublicId('order', row.order_id),
      detail: `${row.kind}${row.source}`,
      at: row.at.toISOString(),
    }));
    return { facts, nextCursor: rows.length === limit ? (rows.at(-1)?.id ?? '') : '' };
  };
}
