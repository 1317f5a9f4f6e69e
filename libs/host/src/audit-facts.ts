import type { Database, Statement } from '@tandem/kernel';
import { factCursor } from './fact-cursor.js';

/** One thing a service holds to be true, for the auditor (proto `AuditFact`). */
export type AuditFact = {
  readonly kind: string;
  readonly subject: string;
  readonly money?: { amount: string; currency: string };
  readonly quantity?: string;
  readonly detail: string;
  readonly at: string;
  /** Where the service keeps it: the id is its key's; of a key of several columns, the one that names the order or the product. */
  readonly rows: readonly { readonly table: string; readonly id: string }[];
  /** Milliseconds since it was written, `ageOf` its time: of what may still lack something for a while. */
  readonly ageMs?: string;
};

/** Orders and variants, by UUID. */
export type AuditSubjects = { readonly orders: readonly string[]; readonly variants: readonly string[] };

/** What a service tells the auditor. */
export type AuditFacts = {
  /** A page of all its facts after `cursor`. */
  page(cursor: string, limit: number): Promise<{ readonly facts: readonly AuditFact[]; readonly nextCursor: string }>;
  /** The facts that are about these, and whatever else has to fit them. What it costs does not depend on how many others there are. */
  of(subjects: AuditSubjects): Promise<readonly AuditFact[]>;
  /** What has rows that were written at `since` or later, by the database's clock, and what is still open; `most` of each. What it costs does not depend on how many others there are. */
  changedSince(since: Date, most: number): Promise<AuditSubjects>;
};

/** SQL for how long ago a time was, in whole milliseconds. Both are the database's clock, so that no other one matters. */
export function ageOf(time: string): string {
  return `(extract(epoch FROM clock_timestamp() - ${time}) * 1000)::bigint`;
}

/** SQL for a column of times at `$1` or later. Two bounds, since a plan that is to fit every value takes one alone for a third of the table, and reads all of it. */
export function writtenSince(column: string): string {
  return `${column} >= $1 AND ${column} <= 'infinity'`;
}

type ByOrder<Row> = {
  /** All rows by id. `$1` the last id, `$2` limit. */
  readonly page: Statement;
  /** `$1` the orders. */
  readonly ofOrders: Statement;
  /** The orders, as `id`. `$1` since when, `$2` how many at most. */
  readonly changed: Statement;
  readonly factOf: (row: Row) => AuditFact;
};

/** What a service tells the auditor that keeps one row a fact, each of an order; the cursor is the last id. */
export function factsByOrder<Row extends { readonly id: string }>(
  database: Database,
  { page, ofOrders, changed, factOf }: ByOrder<Row>,
): AuditFacts {
  return {
    page: async (cursor, limit) => {
      const rows = await database.query<Row>(page, [factCursor(cursor), limit]);
      return { facts: rows.map(factOf), nextCursor: rows.length === limit ? (rows.at(-1)?.id ?? '') : '' };
    },
    of: async ({ orders }) => (await database.query<Row>(ofOrders, [orders])).map(factOf),
    changedSince: async (since, most) => {
      const rows = await database.query<{ id: string }>(changed, [since, most]);
      return { orders: rows.map(({ id }) => id), variants: [] };
    },
  };
}
