import { type Database, sessionOf, type Statement } from '@tandem/kernel';
import type { DueSms, SmsBook } from '../domain/sms.js';
import { pgQueue, type QueueTable, said, sending } from './pg-queue.js';

const statement = (name: string, text: string): Statement => ({ name: `notification_${name}`, text });

/** Messages to one number in 24 hours, whosever orders they are about: anybody may name any number, and each message costs the shop. */
const mostPerDay = 20;

/** A guest's later facts do not say whose order it is: the confirmation did, in a row of this channel or of mail. */
const owe = statement(
  'owe_sms',
  `WITH owner AS (SELECT coalesce($5::uuid,
      (SELECT owner_id FROM sms WHERE order_id = $1 AND kind = 'order.confirmed' AND source = ''),
      (SELECT owner_id FROM delivery WHERE order_id = $1 AND kind = 'order.confirmed' AND source = '')) AS id)
  INSERT INTO sms (order_id, kind, source, topic, owner_id, recipient, text, status, reason, ended_at)
  SELECT $1, $2, $3, $4::text, c.owner_id, c.address, $6, plan.status, CASE plan.status WHEN 'rejected' THEN 'too many to this number' END, CASE plan.status WHEN 'due' THEN NULL ELSE now() END
  FROM channel_choice c JOIN owner ON c.owner_id = owner.id, LATERAL (SELECT CASE WHEN $4 <> ALL(c.topics) THEN 'unwanted' WHEN (
      SELECT count(*) FROM sms s WHERE s.recipient = c.address AND s.created_at > now() - interval '1 day' AND s.status IN ('due', 'sending', 'sent')) >= ${mostPerDay}
    THEN 'rejected' ELSE 'due' END AS status) plan
  WHERE c.channel = 'sms'
  ON CONFLICT DO NOTHING RETURNING status`,
);
const queue: QueueTable = {
  ...sending,
  name: 'sms',
  table: 'sms',
  isNext: `status IN ('due', 'sending')`,
  items: `SELECT id, recipient AS to, text, attempts, created_at AS "owedAt", EXISTS (
    SELECT FROM channel_choice c WHERE c.owner_id = taken.owner_id AND c.channel = 'sms' AND c.address = recipient AND topic = ANY(c.topics)) AS "isWanted"
  FROM taken`,
};
const end = statement(
  'end_sms',
  `WITH pruned AS (DELETE FROM sms WHERE id IN (SELECT id FROM sms WHERE ended_at < now() - interval '30 days' LIMIT 10))
  UPDATE sms s SET status = e.status, reason = e.reason, due_at = now() + e.after_ms * interval '1 ms', ended_at = CASE WHEN e.status = 'due' THEN NULL ELSE now() END
  FROM jsonb_to_recordset($1::jsonb) AS e (id uuid, tried int, status text, reason text, after_ms float8)
  WHERE s.id = e.id AND s.status = 'sending' AND s.attempts = e.tried`,
);

/** Text messages in PostgreSQL. `onOwed` is called after the commit of something that is due. */
export function pgSmsBook(database: Database, onOwed: () => void): SmsBook {
  return {
    ...pgQueue<DueSms>(database, queue),
    owe: async (tx, { orderId, kind, source, topic, ownerId, text }) => {
      const rows = await sessionOf(tx).query<{ status: string }>(owe, [orderId, kind, source, topic, ownerId, text]);
      const isDue = rows.some(({ status }) => status === 'due');
      if (isDue) sessionOf(tx).afterCommit(onOwed);
      return isDue;
    },
    end: async (ended) => {
      const rows = ended.map(({ id, attempts, outcome }) => ({
        id,
        tried: attempts,
        status: outcome.kind === 'again' ? 'due' : outcome.kind,
        reason: outcome.kind === 'rejected' ? said(outcome.because) : null,
        after_ms: outcome.kind === 'again' ? outcome.afterMs : 0,
      }));
      await database.query(end, [JSON.stringify(rows)]);
    },
  };
}
