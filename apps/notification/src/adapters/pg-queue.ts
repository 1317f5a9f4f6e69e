import type { Database, Statement } from '@tandem/kernel';
import type { WorkQueue } from '../domain/work-queue.js';

/** A queue in a table with `id` and `due_at`. All of it is SQL. */
export type QueueTable = {
  /** What its statements are called after. */
  readonly name: string;
  readonly table: string;
  /** What of a row `d` says that it waits, or is in hand, and nothing before it does. */
  readonly isNext: string;
  /** What of a row says that it may be in hand. */
  readonly isInHand: string;
  /** What else taking a row writes. */
  readonly taking: string;
  /** What is answered of the rows `taken`. */
  readonly items: string;
};

/** What is in hand is noted as such, and counted, in the commit that gives it out. */
export const sending = { isInHand: `status = 'sending'`, taking: `, status = 'sending', attempts = attempts + 1` } as const;

/** A queue by leases in PostgreSQL: a lease is a time at which the row is due again. */
export function pgQueue<Item extends { readonly id: string }>(database: Database, queue: QueueTable): WorkQueue<Item> {
  const { name, table, isNext, isInHand, taking, items } = queue;
  const statement = (verb: string, text: string): Statement => ({ name: `notification_${verb}_${name}`, text });
  const take = statement(
    'take',
    `WITH taken AS (UPDATE ${table} SET due_at = now() + $2 * interval '1 ms'${taking} WHERE id IN (
      SELECT id FROM ${table} d WHERE ${isNext} AND due_at <= now() AND id <> ALL($3::uuid[]) ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
    RETURNING *) ${items}`,
  );
  const hold = statement('hold', `UPDATE ${table} SET due_at = now() + $2 * interval '1 ms' WHERE id = ANY($1::uuid[]) AND ${isInHand}`);
  const next = statement(
    'next',
    `SELECT extract(epoch FROM min(due_at) - now())::float8 * 1000 AS ms FROM ${table} d WHERE ${isNext} AND id <> ALL($1::uuid[])`,
  );
  return {
    take: (limit, leaseMs, besides) => database.query<Item>(take, [limit, leaseMs, besides]),
    hold: async (ids, leaseMs) => void (await database.query(hold, [ids, leaseMs])),
    nextDueMs: async (besides) => (await database.query<{ ms: number | null }>(next, [besides]))[0]?.ms ?? null,
  };
}

/** What a server said, as PostgreSQL can keep it. */
export function said(text: string): string {
  return text.slice(0, mostSaid).replace(/[\p{Cc}\p{Surrogate}]+/gu, ' '); // in this order: the cut may leave half a character
}

/** What is kept of it, characters. */
const mostSaid = 500;
