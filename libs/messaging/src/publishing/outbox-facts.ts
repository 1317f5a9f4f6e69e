import type { Database, Statement } from '@tandem/kernel';

/** How far the outbox is behind. */
export type OutboxFacts = {
  readonly pending: number;
  /** Age of the oldest unpublished row in ms; 0 when there is none. */
  readonly oldestAgeMs: number;
  /** Rows the log will never take. */
  readonly refused: number;
  /** The first of them, 20 at most. */
  readonly refusedIds: readonly string[];
};

const facts: Statement = {
  name: 'messaging.outbox.facts',
  text: `SELECT (SELECT count(*) FROM messaging.outbox WHERE published_at IS NULL AND refused IS NULL)::int AS pending,
                (SELECT count(*) FROM messaging.outbox WHERE refused IS NOT NULL)::int AS refused,
                ARRAY(SELECT id::text FROM messaging.outbox WHERE refused IS NOT NULL ORDER BY id LIMIT 20) AS "refusedIds",
                coalesce((SELECT extract(epoch FROM clock_timestamp() - created_at) * 1000 FROM messaging.outbox
                  WHERE published_at IS NULL AND refused IS NULL ORDER BY id LIMIT 1), 0)::float8 AS "oldestAgeMs"`,
};

export async function outboxFacts(database: Database): Promise<OutboxFacts> {
  const [row] = await database.query<OutboxFacts>(facts);
  return row
    ? { ...row, oldestAgeMs: Math.max(0, Math.round(row.oldestAgeMs)) }
    : { pending: 0, oldestAgeMs: 0, refused: 0, refusedIds: [] };
}
