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
  readonly verified: boolean | null;
  readonly received_at: Date;
};

const keep = { name: 'webhook_keep', text: 'INSERT INTO webhook_received (id, name, headers, body, verified) VALUES ($1, $2, $3, $4, $5)' };
const secretOf = { name: 'webhook_secret_of', text: 'SELECT secret FROM receiver_secret WHERE name = $1' };
const setSecret = {
  name: 'webhook_set_secret',
  text: 'INSERT INTO receiver_secret (name, secret) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET secret = excluded.secret',
};
const forgetSecret = { name: 'webhook_forget_secret', text: 'DELETE FROM receiver_secret WHERE name = $1' };
const received = {
  table: 'webhook_received',
  columns: 'id, sequence, name, headers, body, verified, received_at',
  filters: { name: 'name = ?' },
};

/** The webhook receiver's journal in PostgreSQL. */
export function pgWebhookInbox(db: Database, newId: NewId): WebhookInbox {
  return {
    keep: async (name, { headers, body, verified }) => {
      const id = newId('whr');
      await db.query(keep, [id, name, JSON.stringify(headers), body, verified]);
      return { id };
    },
    secretOf: async (name) => (await db.query<{ readonly secret: string }>(secretOf, [name]))[0]?.secret,
    setSecret: async (name, secret) =>
      void (await (secret === null ? db.query(forgetSecret, [name]) : db.query(setSecret, [name, secret]))),
    received: (filter, page) => readJournal<ReceivedRow, ReceivedWebhook>(db, received, { filter, page, toEntry: entryOf }),
  };
}

function entryOf(row: ReceivedRow): ReceivedWebhook {
  const { id, name, headers, verified } = row;
  return { id, name, headers, verified, body: row.body.toString('utf8'), receivedAt: row.received_at };
}
