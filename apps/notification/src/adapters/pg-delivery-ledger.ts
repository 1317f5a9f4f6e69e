import { type Composition, factCursor, newUuid, toPublicId } from '@tandem/host';
import { type Database, sessionOf, type Statement, type Tx } from '@tandem/kernel';
import type { Delivery, DeliveryFacts, DeliveryLedger, Ended, Planned, QueuedMail } from '../domain/delivery-ledger.js';
import { isAboutMoney, topicOf, usualPreferences } from '../domain/mail-kind.js';

const statement = (name: string, text: string): Statement => ({ name: `notification_${name}`, text });

/** How long a process of a version without a queue may still have in hand what it left, milliseconds. */
const leftMs = 15_000;
/** What is kept of what was said, characters. */
const mostSaid = 500;

/** What is to be sent anew: what was refused, and what a version without a queue left `sending`. */
const isAnew = `(delivery.status IN ('rejected', 'bounced', 'failed') OR (delivery.status = 'sending' AND delivery.mail IS NULL))`;
/** `$9`: the topic that can be switched off, null for mails about money; `$10`: what holds until somebody chooses. */
const plan = statement(
  'plan',
  `INSERT INTO delivery (id, order_id, kind, source, message_id, recipient, title, owner_id, status, mail, template, attempts)
    SELECT $1, $2, $3, $4, $5, $6::text, $7, owner.id, wish.status, CASE wish.status WHEN 'queued' THEN $11::jsonb END, $12, 0
      FROM (SELECT coalesce($8::uuid, (SELECT owner_id FROM delivery WHERE order_id = $2 AND kind = 'order.confirmed' AND source = '')) AS id) owner,
      LATERAL (SELECT CASE WHEN $9::text IS NULL OR coalesce((SELECT wanted FROM preference
        WHERE subject IN (owner.id::text, lower($6::text)) AND topic = $9 ORDER BY subject = lower($6::text) LIMIT 1), $10) THEN 'queued' ELSE 'withheld' END AS status) wish
    ON CONFLICT (order_id, kind, source) DO UPDATE SET
      due_at = CASE WHEN NOT ${isAnew} THEN delivery.due_at WHEN delivery.status = 'sending' THEN now() + ${leftMs} * interval '1 ms' ELSE now() END,
      template = CASE WHEN ${isAnew} THEN excluded.template ELSE delivery.template END,
      mail = CASE WHEN ${isAnew} THEN $11::jsonb ELSE delivery.mail END,
      status = CASE WHEN ${isAnew} THEN 'queued' ELSE delivery.status END
    RETURNING status`,
);
/** A version without a queue ends a mail without taking it out of the queue. */
const isToSend = (row: string): string => `${row}.mail IS NOT NULL AND ${row}.status IN ('queued', 'sending')`;
const take = statement(
  'take',
  `UPDATE delivery SET status = 'sending', attempts = attempts + 1, due_at = now() + $2 * interval '1 ms' WHERE id IN (
    SELECT id FROM delivery d WHERE ${isToSend('d')} AND due_at <= now() AND id <> ALL($3::uuid[])
      AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.order_id = d.order_id AND e.sequence < d.sequence AND ${isToSend('e')})
    ORDER BY due_at, sequence LIMIT $1 FOR UPDATE SKIP LOCKED)
  RETURNING id, order_id AS "orderId", kind, mail, token, attempts, created_at AS "createdAt"`,
);
const hold = statement(
  'hold',
  `UPDATE delivery SET due_at = now() + $2 * interval '1 ms' WHERE id = ANY($1::uuid[]) AND status = 'sending'`,
);
const end = statement(
  'end',
  `UPDATE delivery SET status = $2, reason = $3, mail = NULL, sent_at = CASE $2 WHEN 'sent' THEN now() ELSE sent_at END
   WHERE id = $1 AND status = 'sending'
   RETURNING EXISTS (SELECT FROM delivery e WHERE e.order_id = delivery.order_id AND e.sequence > delivery.sequence AND e.mail IS NOT NULL) AS "isFollowed"`,
);
const putOff = statement(
  'put_off',
  `UPDATE delivery SET status = 'queued', reason = $3, due_at = now() + $2 * interval '1 ms' WHERE id = $1 AND status = 'sending'`,
);
const nextDue = statement(
  'next_mail',
  `SELECT extract(epoch FROM min(due_at) - now())::float8 * 1000 AS ms FROM delivery d WHERE ${isToSend('d')} AND id <> ALL($1::uuid[])
    AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.order_id = d.order_id AND e.sequence < d.sequence AND ${isToSend('e')})`,
);
const oldest = statement(
  'oldest_mail',
  `SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS seconds FROM delivery d WHERE ${isToSend('d')}`,
);
const ofOrder = statement(
  'of_order',
  `SELECT order_id AS "orderId", kind, source, message_id AS "messageId", recipient, status, template, coalesce(reason, '') AS because,
    coalesce(sent_at, created_at) AS at FROM delivery WHERE order_id = $1 ORDER BY created_at`,
);
const audit = statement(
  'audit',
  `SELECT id, order_id AS "orderId", kind, source, coalesce(sent_at, created_at) AS at FROM delivery WHERE status = 'sent' AND id > $1 ORDER BY id LIMIT $2`,
);

/** The delivery ledger in PostgreSQL. `onQueued` is called after the commit of a mail that can go. */
export class PgDeliveryLedger implements DeliveryLedger {
  constructor(
    private readonly database: Database,
    private readonly onQueued: () => void,
  ) {}

  async plan(tx: Tx, { orderId, kind, source, title, ownerId, mail, template }: DeliveryFacts): Promise<Planned> {
    const topic = isAboutMoney(kind) ? null : topicOf[kind];
    const { messageId, to } = mail;
    const values = [newUuid(), orderId, kind, source, messageId, to, title, ownerId, topic, usualPreferences[topicOf[kind]]];
    const [row] = await sessionOf(tx).query<{ status: Delivery['status'] }>(plan, [...values, JSON.stringify(mail), template]);
    if (!row) throw new Error(`the mail ${messageId} was neither planned nor found`);
    if (row.status === 'sent') return 'sent-already';
    if (row.status === 'withheld') return 'withheld';
    sessionOf(tx).afterCommit(this.onQueued);
    return 'queued';
  }

  take(limit: number, leaseMs: number, besides: readonly string[]): Promise<readonly QueuedMail[]> {
    return this.database.query<QueuedMail>(take, [limit, leaseMs, besides]);
  }

  async hold(ids: readonly string[], leaseMs: number): Promise<void> {
    await this.database.query(hold, [ids, leaseMs]);
  }

  async end(tx: Tx, id: string, { status, because }: Ended): Promise<boolean> {
    const [ended] = await sessionOf(tx).query<{ isFollowed: boolean }>(end, [id, status, said(because)]);
    if (ended?.isFollowed) sessionOf(tx).afterCommit(this.onQueued);
    return ended !== undefined;
  }

  async putOff(id: string, afterMs: number, because: string): Promise<void> {
    await this.database.query(putOff, [id, afterMs, said(because)]);
  }

  async nextDueMs(besides: readonly string[]): Promise<number | null> {
    return (await this.database.query<{ ms: number | null }>(nextDue, [besides]))[0]?.ms ?? null;
  }

  async oldestSeconds(): Promise<number> {
    return (await this.database.query<{ seconds: number }>(oldest))[0]?.seconds ?? 0;
  }

  ofOrder(orderId: string): Promise<readonly Delivery[]> {
    return this.database.query<Delivery>(ofOrder, [orderId]);
  }

  /** One fact per mail sent; the cursor is the last id. */
  readonly auditFacts: NonNullable<Composition['auditFacts']> = async (cursor, limit) => {
    const rows = await this.database.query<Delivery & { readonly id: string }>(audit, [factCursor(cursor), limit]);
    const facts = rows.map(({ orderId, kind, source, at }) => ({
      kind: 'mail.sent',
      subject: toPublicId('order', orderId),
      detail: `${kind}${source}`,
      at: at.toISOString(),
    }));
    return { facts, nextCursor: rows.length === limit ? (rows.at(-1)?.id ?? '') : '' };
  };
}

/** What a server said, as PostgreSQL can keep it. */
function said(text: string): string {
  return text.replace(/[\p{Cc}\p{Surrogate}]+/gu, ' ').slice(0, mostSaid);
}
