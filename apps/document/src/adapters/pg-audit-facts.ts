import { type AuditFact, type AuditFacts, factCursor, type Jobs, toPublicId, writtenSince } from '@tandem/host';
import type { Database, Statement } from '@tandem/kernel';
import type { Ending } from '../domain/ports.js';

const documentsWhere = (which: string): string =>
  `SELECT id, order_id AS "orderId", kind, job_id AS "jobId", sha256 IS NOT NULL AS "isMade", ended_as AS "endedAs", created_at AS at FROM document WHERE ${which}`;
const page: Statement = { name: 'document_audit', text: documentsWhere('id > $1 ORDER BY id LIMIT $2') };
const ofOrders: Statement = { name: 'document_audit_of', text: documentsWhere('order_id = ANY($1::uuid[])') };
/** That one was made has no time of its own: until it is, the auditor misses it, and looks again. */
const changed: Statement = {
  name: 'document_audit_changed',
  text: `SELECT DISTINCT order_id AS id FROM document WHERE ${writtenSince('created_at')} LIMIT $2`,
};

type Row = {
  readonly id: string;
  readonly orderId: string;
  readonly kind: string;
  readonly jobId: string;
  readonly isMade: boolean;
  readonly endedAs: Ending['as'] | null;
  readonly at: Date;
};

/** One fact per document: `invoice made`, or the state of the job that is to make it, `invoice queued`, or how that job ended; the cursor is the last id. */
export function pgAuditFacts(database: Database, jobs: Pick<Jobs, 'find'>): AuditFacts {
  const stateOf = async ({ isMade, jobId, endedAs }: Row): Promise<string> =>
    isMade ? 'made' : ((await jobs.find(jobId))?.state ?? endedAs ?? 'lost');
  const factOf = async (row: Row): Promise<AuditFact> => ({
    kind: 'document',
    subject: toPublicId('order', row.orderId),
    detail: `${row.kind} ${await stateOf(row)}`,
    at: row.at.toISOString(),
    rows: [{ table: 'document', id: row.id }],
  });
  return {
    page: async (cursor, limit) => {
      const rows = await database.query<Row>(page, [factCursor(cursor), limit]);
      const facts = await Promise.all(rows.map(factOf));
      return { facts, nextCursor: rows.length === limit ? (rows.at(-1)?.id ?? '') : '' };
    },
    of: async ({ orders }) => Promise.all((await database.query<Row>(ofOrders, [orders])).map(factOf)),
    changedSince: async (since, most) => {
      const rows = await database.query<{ id: string }>(changed, [since, most]);
      return { orders: rows.map(({ id }) => id), variants: [] };
    },
  };
}
