import { newUuid } from '@tandem/host';
import { type Database, sessionOf, type Statement, type Tx } from '@tandem/kernel';
import type {
  Delivery,
  DeliveryFacts,
  DeliveryLedger,
  NotedMail,
  Planned,
  QueuedMail,
  Resending,
  Resent,
} from '../domain/delivery-ledger.js';
import { isAboutMoney, topicOf, usualPreferences } from '../domain/mail-kind.js';
import { pgQueue, type QueueTable, said, sending } from './pg-queue.js';

const statement = (name: string, text: string): Statement => ({ name: `notification_${name}`, text });

/** How long a process of a version without a queue may still have in hand what it left, milliseconds. */
const leftMs = 15_000;

/** What is to be sent anew: what was refused, and what a version without a queue left `sending`. */
const isAnew = `(delivery.status IN ('rejected', 'bounced', 'failed') OR (delivery.status = 'sending' AND delivery.mail IS NULL AND delivery.facts IS NULL))`;
/** `$9`: the topic that can be switched off, null for mails about money; `$10`: what holds until somebody chooses. */
const plan = statement(
  'plan',
  `INSERT INTO delivery (id, order_id, kind, source, message_id, recipient, title, owner_id, status, facts, attempts)
    SELECT $1, $2, $3, $4, $5, $6::text, $7, owner.id, wish.status, CASE wish.status WHEN 'queued' THEN $11::jsonb END, 0
      FROM (SELECT coalesce($8::uuid, (SELECT owner_id FROM delivery WHERE order_id = $2 AND kind = 'order.confirmed' AND source = '')) AS id) owner,
      LATERAL (SELECT CASE WHEN $9::text IS NULL OR coalesce((SELECT wanted FROM preference
        WHERE subject IN (owner.id::text, lower($6::text)) AND topic = $9 ORDER BY subject = lower($6::text) LIMIT 1), $10) THEN 'queued' ELSE 'withheld' END AS status) wish
    ON CONFLICT (order_id, kind, source) DO UPDATE SET
      due_at = CASE WHEN NOT ${isAnew} THEN delivery.due_at WHEN delivery.status = 'sending' THEN now() + ${leftMs} * interval '1 ms' ELSE now() END,
      queued_at = CASE WHEN ${isAnew} THEN now() ELSE delivery.queued_at END,
      put_off_ms = CASE WHEN ${isAnew} THEN 0 ELSE delivery.put_off_ms END,
      facts = CASE WHEN ${isAnew} THEN $11::jsonb ELSE delivery.facts END,
      status = CASE WHEN ${isAnew} THEN 'queued' ELSE delivery.status END
    RETURNING status`,
);
/** What a version without a queue left `sending` has nothing to be sent. */
const isToSend = (row: string): string =>
  `${row}.status IN ('queued', 'sending') AND (${row}.facts IS NOT NULL OR ${row}.mail IS NOT NULL)`;
const queue: QueueTable = {
  ...sending,
  name: 'mail',
  table: 'delivery',
  isNext: `${isToSend('d')} AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.order_id = d.order_id AND e.sequence < d.sequence AND ${isToSend('e')})`,
  items: `SELECT id, order_id AS "orderId", kind, message_id AS "messageId", recipient AS to, title AS subject, facts, mail AS written, token, attempts, put_off_ms AS "putOffMs" FROM taken`,
};
/** What a mail that was given up is made from, an operator's to send again, is forgotten after this: days since it was queued last. */
const keptDays = 90;
/** That it was sent is true whoever has it in hand by now; anything else is for the last who took it to say. */
const note = statement(
  'note',
  `WITH forgotten AS (UPDATE delivery SET facts = NULL WHERE id IN (
      SELECT id FROM delivery WHERE status IN ('bounced', 'failed') AND facts IS NOT NULL AND queued_at < now() - interval '${keptDays} days' LIMIT 10 FOR UPDATE SKIP LOCKED))
  UPDATE delivery d SET status = t.status, reason = t.reason, due_at = now() + t.after_ms * interval '1 ms',
    put_off_ms = CASE t.status WHEN 'queued' THEN coalesce(t.put_off_ms, d.put_off_ms) ELSE 0 END,
    mail = CASE t.status WHEN 'queued' THEN d.mail END, facts = CASE t.status WHEN 'sent' THEN NULL ELSE d.facts END,
    template = coalesce(t.template, d.template), sent_at = CASE t.status WHEN 'sent' THEN now() ELSE d.sent_at END
  FROM jsonb_to_recordset($1::jsonb) AS t (id uuid, status text, reason text, after_ms float8, template text, put_off_ms int, tried int)
    WHERE d.id = t.id AND d.status = 'sending' AND (t.status = 'sent' OR d.attempts = t.tried)
  RETURNING d.id, EXISTS (SELECT FROM delivery e WHERE e.order_id = d.order_id AND e.sequence > d.sequence AND ${isToSend('e')}) AS "isFollowed"`,
);
const oldest = statement(
  'oldest_mail',
  `SELECT coalesce(extract(epoch FROM now() - min(queued_at)), 0)::float8 AS seconds FROM delivery d WHERE ${isToSend('d')}`,
);
/** Its tries count on, so that what an earlier one still has to say is known from the next one's word. */
const resend = statement(
  'resend',
  `WITH again AS (
      UPDATE delivery SET status = 'queued', due_at = now(), queued_at = now(), put_off_ms = 0, recipient = coalesce($2, recipient)
      WHERE id = $1 AND status IN ('bounced', 'failed') AND facts IS NOT NULL RETURNING id, recipient)
    INSERT INTO resending (delivery_id, actor, recipient, reason) SELECT id, $3, recipient, $4 FROM again RETURNING 1`,
);
const deliveries = `SELECT id, order_id AS "orderId", kind, source, message_id AS "messageId", recipient, status, template, coalesce(reason, '') AS because,
    coalesce(sent_at, created_at) AS at FROM delivery`;
const ofOrder = statement('of_order', `${deliveries} WHERE order_id = $1 ORDER BY sequence`);
const ofId = statement('of_id', `${deliveries} WHERE id = $1`);
const resendings = statement(
  'resendings',
  `SELECT delivery_id AS "deliveryId", at, actor, recipient AS to, reason FROM resending WHERE delivery_id = ANY($1::uuid[]) ORDER BY at`,
);
type Row = Omit<Delivery, 'resendings'>;

/** The delivery ledger in PostgreSQL. `onQueued` is called after the commit of a mail that can go. */
export class PgDeliveryLedger implements DeliveryLedger {
  readonly take: DeliveryLedger['take'];
  readonly hold: DeliveryLedger['hold'];
  readonly nextDueMs: DeliveryLedger['nextDueMs'];

  constructor(
    private readonly database: Database,
    private readonly onQueued: () => void,
  ) {
    ({ take: this.take, hold: this.hold, nextDueMs: this.nextDueMs } = pgQueue<QueuedMail>(database, queue));
  }

  async plan(tx: Tx, { orderId, kind, source, messageId, to, subject, ownerId, facts }: DeliveryFacts): Promise<Planned> {
    const topic = isAboutMoney(kind) ? null : topicOf[kind];
    const values = [newUuid(), orderId, kind, source, messageId, to, subject, ownerId, topic, usualPreferences[topicOf[kind]]];
    const [row] = await sessionOf(tx).query<{ status: Delivery['status'] }>(plan, [...values, JSON.stringify(facts)]);
    if (!row) throw new Error(`the mail ${messageId} was neither planned nor found`);
    if (row.status === 'sent') return 'sent-already';
    if (row.status === 'withheld') return 'withheld';
    sessionOf(tx).afterCommit(this.onQueued);
    return 'queued';
  }

  async note(tx: Tx, tried: readonly NotedMail[]): Promise<readonly string[]> {
    const rows = tried.map(({ id, attempts, outcome }) => ({
      id,
      status: outcome.kind === 'again' ? 'queued' : outcome.kind,
      reason: said(outcome.because),
      after_ms: outcome.afterMs ?? 0,
      put_off_ms: outcome.kind === 'again' ? outcome.putOffMs : undefined,
      template: outcome.template,
      tried: attempts,
    }));
    const noted = await sessionOf(tx).query<{ id: string; isFollowed: boolean }>(note, [JSON.stringify(rows)]);
    if (noted.some(({ isFollowed }) => isFollowed)) sessionOf(tx).afterCommit(this.onQueued);
    return noted.map(({ id }) => id);
  }

  async oldestSeconds(): Promise<number> {
    return (await this.database.query<{ seconds: number }>(oldest))[0]?.seconds ?? 0;
  }

  async ofOrder(orderId: string): Promise<readonly Delivery[]> {
    return withResendings(this.database, await this.database.query<Row>(ofOrder, [orderId]));
  }

  async resend(tx: Tx, id: string, { to, actor, reason }: Parameters<DeliveryLedger['resend']>[2]): Promise<Resent> {
    const session = sessionOf(tx);
    const isQueued = (await session.query(resend, [id, to, actor, reason])).length > 0;
    const [row] = await session.query<Row>(ofId, [id]);
    const [delivery] = await withResendings(session, row ? [row] : []);
    if (!row || !delivery) return { kind: 'not-found' };
    if (isQueued) {
      session.afterCommit(this.onQueued);
      return { kind: 'queued', delivery };
    }
    const hasEndedBadly = row.status === 'bounced' || row.status === 'failed' || row.status === 'rejected';
    return { kind: hasEndedBadly ? 'not-kept' : 'not-ended-badly', delivery };
  }
}

async function withResendings(database: Pick<Database, 'query'>, rows: readonly Row[]): Promise<readonly Delivery[]> {
  if (rows.length === 0) return [];
  const all = await database.query<Resending & { readonly deliveryId: string }>(resendings, [rows.map(({ id }) => id)]);
  return rows.map((row) => ({ ...row, resendings: all.filter(({ deliveryId }) => deliveryId === row.id) }));
}
