import type { Database } from '@tandem/kernel';
import type { ReceivedWebhook, WebhookInbox } from '../domain/ports.js';
import { readJournal } from './journal.js';
import type { NewId } from './pg-charge-book.js';

type ReceivedRow = {
  readonly id: string;
  readonly sequence: string;
  readonly name: string;
  readonly headers: ReceivedWebhook['headers'];
  readonly body: Buffer;
  readonly received_at: Date;
};

const keep = { name: 'webhook_keep', text: 'INSERT INTO webhook_received (id, name, headers, body) VALUES ($1, $2, $3, $4)' };
const received = { table: 'webhook_received', columns: 'id, sequence, name, headers, body, received_at', filters: { name: 'name = ?' } };

/** The webhook receiver's journal in PostgreSQL. */
export function pgWebhookInbox(db: Database, newId: NewId): WebhookInbox {
  return {
    keep: async (name, headers, body) => {
      const id = newId('whr');
      await db.query(keep, [id, name, JSON.stringify(headers), body]);
      return { id };
    },
    received: (filter, page) => readJournal<ReceivedRow, ReceivedWebhook>(db, received, { filter, page, toEntry: entryOf }),
  };
}

function entryOf(row: ReceivedRow): ReceivedWebhook {
  return { id: row.id, name: row.name, headers: row.headers, body: row.body.toString('utf8'), receivedAt: row.received_at };
}
