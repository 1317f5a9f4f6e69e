import type { Database } from '@tandem/kernel';
import { type Mail, type Mailbox, messageKeyOf } from '../domain/ports.js';
import { readJournal } from './journal.js';
import type { NewId } from './pg-charge-book.js';

type MailRow = {
  readonly id: string;
  readonly sequence: string;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly received_at: Date;
};

/** A mail whose copy is owed to the relay. */
export type MailToRelay = {
  readonly id: string;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly raw: Uint8Array;
};

const columns = 'id, sequence, sender, recipients, subject, received_at';
const statements = {
  keep: {
    name: 'mail_keep',
    text: `INSERT INTO mail (id, message_key, sender, recipients, recipient_keys, subject, raw, relay) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
  },
  find: { name: 'mail_find', text: `SELECT ${columns}, raw FROM mail WHERE id = $1` },
  toRelay: { name: 'mail_to_relay', text: `SELECT id, sender, recipients, raw FROM mail WHERE relay = 'due' ORDER BY sequence LIMIT 1` },
  relayed: { name: 'mail_relayed', text: 'UPDATE mail SET relay = $2 WHERE id = $1' },
};

const mails = { table: 'mail', columns, filters: { to: 'recipient_keys @> ARRAY[lower(?)]', messageId: 'message_key = ?' } };

/** The mailbox, and what of it is still to be relayed. */
export type PgMailbox = Mailbox & {
  nextToRelay(): Promise<MailToRelay | undefined>;
  relayed(id: string, result: 'done' | 'failed'): Promise<void>;
};

export type MailboxOptions = {
  readonly newId: NewId;
  /** Present when each mail is also owed to a relay; called after the commit. */
  readonly wakeRelay?: (() => void) | undefined;
};

/** The mailbox in PostgreSQL. */
export function pgMailbox(db: Database, { newId, wakeRelay }: MailboxOptions): PgMailbox {
  return {
    keep: async ({ from, to, subject, messageId, raw }) => {
      const keys = to.map((address) => address.toLowerCase());
      await db.query(statements.keep, [
        newId('mail'),
        messageId === undefined ? null : messageKeyOf(messageId),
        from,
        to,
        keys,
        subject,
        raw,
        wakeRelay ? 'due' : 'none',
      ]);
      wakeRelay?.();
    },
    mails: ({ to, messageId }, page) =>
      readJournal<MailRow, Mail>(db, mails, {
        filter: { to, messageId: messageId === undefined ? undefined : messageKeyOf(messageId) },
        page,
        toEntry: mailOf,
      }),
    find: async (id) => {
      const [row] = await db.query<MailRow & { raw: Uint8Array }>(statements.find, [id]);
      return row && { ...mailOf(row), raw: row.raw };
    },
    nextToRelay: async () => (await db.query<MailToRelay>(statements.toRelay))[0],
    relayed: async (id, result) => void (await db.query(statements.relayed, [id, result])),
  };
}

function mailOf(row: MailRow): Mail {
  return { id: row.id, to: row.recipients, from: row.sender, subject: row.subject, receivedAt: row.received_at };
}
