import type { Database, Statement } from '@tandem/kernel';
import { idempotencyRetentionHours } from './idempotency.js';
import type { Schedules } from './schedules.js';
import type { Background } from './service.js';

const prune: Statement = {
  name: 'idempotency_prune',
  text: `DELETE FROM platform.idempotency_key WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM platform.idempotency_key WHERE created_at < now() - $1 * interval '1 hour' LIMIT $2 FOR UPDATE SKIP LOCKED)) RETURNING 1`,
};

/** Keys forgotten by one statement, and how often it is looked, milliseconds. */
const limits = { atOnce: 1_000, everyMs: 600_000 };

/** Forgets idempotency keys older than their retention; replicas share the work. */
export async function pruneKeys(database: Database): Promise<number> {
  let pruned = 0;
  for (;;) {
    const { length } = await database.query(prune, [idempotencyRetentionHours, limits.atOnce]);
    pruned += length;
    if (length < limits.atOnce) return pruned;
  }
}

/** Keeps the table of idempotency keys as small as their retention allows. */
export function keyPruning(database: Database, schedules: Schedules): Background {
  return schedules.every({ name: 'forget-idempotency-keys', everyMs: limits.everyMs, work: async () => void (await pruneKeys(database)) });
}
