import { type Database, sessionOf, type Statement } from '@tandem/kernel';
import type { Inbox, Notice } from '../domain/inbox.js';

/** What stands in an inbox: what was planned as a mail about an order, and what is of no order. */
const tables = {
  delivery: 'id, sequence, kind, order_id, title, created_at, read_at',
  notice: 'id, sequence, kind, NULL::uuid AS order_id, title, created_at, read_at',
};
const pageOf = (table: keyof typeof tables): string =>
  `(SELECT ${tables[table]} FROM ${table} WHERE owner_id = $1 AND ($2::bigint IS NULL OR sequence < $2) ORDER BY sequence DESC LIMIT $3)`;
const readIn = (table: keyof typeof tables): string =>
  `UPDATE ${table} SET read_at = coalesce(read_at, now()) WHERE owner_id = $1 AND id = $2 RETURNING ${tables[table]}`;
const page: Statement = {
  name: 'notification_inbox',
  text: `${pageOf('delivery')} UNION ALL ${pageOf('notice')} ORDER BY sequence DESC LIMIT $3`,
};
const read: Statement = {
  name: 'notification_read',
  text: `WITH of_order AS (${readIn('delivery')}), of_none AS (${readIn('notice')}) SELECT * FROM of_order UNION ALL SELECT * FROM of_none`,
};

type Row = {
  readonly id: string;
  readonly sequence: string;
  readonly kind: Notice['kind'];
  readonly order_id: string | null;
  readonly title: string;
  readonly created_at: Date;
  readonly read_at: Date | null;
};

/** The inbox in PostgreSQL: what is planned as a mail about an order, and news of points, stand in it, sent or not. */
export function pgInbox(database: Database): Inbox {
  return {
    ofOwner: async (ownerId, before, limit) => {
      const rows = await database.query<Row>(page, [ownerId, before, limit + 1]);
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return { notices: shown.map(noticeFrom), next: rows.length > limit && last ? BigInt(last.sequence) : null };
    },
    read: async (tx, ownerId, id) => {
      const [row] = await sessionOf(tx).query<Row>(read, [ownerId, id]);
      return row && noticeFrom(row);
    },
  };
}

function noticeFrom({ id, kind, order_id: orderId, title, created_at: at, read_at: readAt }: Row): Notice {
  return { id, kind, orderId, title, at, readAt };
}
