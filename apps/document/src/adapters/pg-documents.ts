import { type Database, sessionOf, type Session, type Statement } from '@tandem/kernel';
import { packingSlipNumber, seriesOf } from '../domain/numbers.js';
import type { Document, Documents, Ending } from '../domain/ports.js';

const columns = `id, order_id AS "orderId", kind, reference, number, owner_id AS "ownerId", facts, job_id AS "jobId", sha256,
  size_bytes AS "sizeBytes", created_at AS "createdAt", ended_as AS "endedAs", failure, ended_at AS "endedAt"`;
const statement = (name: string, text: string): Statement => ({ name: `document_${name}`, text });

const lock = statement('lock', 'SELECT pg_advisory_xact_lock(hashtextextended($1, 7404))');
const find = statement('find', `SELECT ${columns} FROM document WHERE order_id = $1 AND kind = $2 AND reference = $3`);
const insert = statement(
  'insert',
  'INSERT INTO document (id, order_id, kind, reference, owner_id, facts, job_id, number) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING number',
);
/** `INV-2026`, 17 → `INV-2026-000017`: six digits at least. */
const insertCounted = statement(
  'insert_counted',
  `WITH counted AS (
    INSERT INTO number_series AS s (series, last) VALUES ($8, 1) ON CONFLICT (series) DO UPDATE SET last = s.last + 1 RETURNING series, last::text)
  INSERT INTO document (id, order_id, kind, reference, owner_id, facts, job_id, number)
  SELECT $1, $2, $3, $4, $5, $6, $7, series || '-' || lpad(last, greatest(length(last), 6), '0') FROM counted RETURNING number`,
);
const ofJob = statement('of_job', `SELECT ${columns} FROM document WHERE job_id = $1`);
const reassign = statement(
  'reassign',
  'UPDATE document SET job_id = $3, ended_as = NULL, failure = NULL, ended_at = NULL WHERE id = $1 AND job_id = $2 AND sha256 IS NULL RETURNING id',
);
const made = statement('made', 'UPDATE document SET sha256 = $2, size_bytes = $3 WHERE id = $1');
const remember = statement(
  'remember',
  `UPDATE document d SET ended_as = e."as", failure = e.failure, ended_at = e.at
  FROM jsonb_to_recordset($1::jsonb) AS e ("jobId" uuid, "as" text, failure text, at timestamptz) WHERE d.job_id = e."jobId"`,
);

/** Documents in PostgreSQL. A number is counted under its series' row lock by the statement that writes its document, so a rollback gives it back. */
export function pgDocuments(database: Database): Documents {
  const one = async (session: Session, text: Statement, values: readonly unknown[]): Promise<Document | undefined> =>
    documentFrom((await session.query<Row>(text, values))[0]);
  return {
    plan: async (tx, document, beforeNumber) => {
      const session = sessionOf(tx);
      const { id, orderId, kind, reference, ownerId, facts, jobId } = document;
      const asked = [orderId, kind, reference];
      const [, known] = await Promise.all([session.query(lock, [asked.join(' ')]), one(session, find, asked)]); // else two deliveries at once would both take a number
      if (known) return undefined;
      const series = seriesOf(facts);
      const values = [id, orderId, kind, reference, ownerId, JSON.stringify(facts), jobId, series ?? packingSlipNumber(facts.order.number)];
      const [, [inserted]] = await Promise.all([
        beforeNumber(),
        session.query<{ number: string }>(series === undefined ? insert : insertCounted, values),
      ]);
      if (!inserted) throw new Error(`the document ${id} has no number`);
      return inserted.number;
    },
    find: ({ orderId, kind, reference }, tx) => one(tx ? sessionOf(tx) : database, find, [orderId, kind, reference]),
    invoiceOf: (tx, orderId) => one(sessionOf(tx), find, [orderId, 'invoice', '']),
    ofJob: (tx, jobId) => one(sessionOf(tx), ofJob, [jobId]),
    reassign: async (tx, id, { from, to }) => (await sessionOf(tx).query(reassign, [id, from, to])).length > 0,
    made: async (tx, id, { sha256, sizeBytes }) => void (await sessionOf(tx).query(made, [id, sha256, sizeBytes])),
    remember: async (tx, endings) => void (await sessionOf(tx).query(remember, [JSON.stringify(endings)])),
  };
}

type Row = Omit<Document, 'ending'> & {
  readonly endedAs: Ending['as'] | null;
  readonly failure: string | null;
  readonly endedAt: Date | null;
};

function documentFrom(row: Row | undefined): Document | undefined {
  if (!row) return undefined;
  const { endedAs, failure, endedAt, ...document } = row;
  return { ...document, ending: endedAs && endedAt && { as: endedAs, failure, at: endedAt } };
}
