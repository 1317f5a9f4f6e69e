import type { Database } from '@tandem/kernel';
import type { SmsBook, SmsMessage } from '../domain/ports.js';
import { readJournal } from './journal.js';
import type { NewId } from './pg-charge-book.js';

type SmsRow = {
  readonly id: string;
  readonly sequence: string;
  readonly idempotency_key: string;
  readonly recipient: string;
  readonly text: string;
  readonly received_at: Date;
};

const columns = 'id, sequence, idempotency_key, recipient, text, received_at';
const statements = {
  keep: {
    name: 'sms_keep',
    text: `INSERT INTO sms (id, idempotency_key, recipient, text) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING ${columns}`,
  },
  same: { name: 'sms_same', text: `SELECT ${columns} FROM sms WHERE idempotency_key = $1 AND recipient = $2 AND text = $3` },
};

const messages = { table: 'sms', columns, filters: { to: 'recipient = ?' } };

/** Text messages in PostgreSQL. */
export function pgSmsBook(db: Database, newId: NewId): SmsBook {
  return {
    keep: async ({ idempotencyKey, to, text }) => {
      const [kept] = await db.query<SmsRow>(statements.keep, [newId('sms'), idempotencyKey, to, text]);
      if (kept) return { kind: 'kept', message: messageOf(kept) };
      const [same] = await db.query<SmsRow>(statements.same, [idempotencyKey, to, text]);
      return same ? { kind: 'repeated', message: messageOf(same) } : { kind: 'reused' };
    },
    messages: (filter, page) => readJournal<SmsRow, SmsMessage>(db, messages, { filter, page, toEntry: messageOf }),
  };
}

function messageOf({ id, idempotency_key: idempotencyKey, recipient: to, text, received_at: receivedAt }: SmsRow): SmsMessage {
  return { id, idempotencyKey, to, text, receivedAt };
}
