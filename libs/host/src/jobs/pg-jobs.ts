import { type Database, sessionOf, type Session, type Statement, type Tx } from '@tandem/kernel';
import type { Job, Jobs } from './jobs.js';

const columns = `id, kind, owner_id AS "ownerId", state, progress, result, failure, version, created_at AS "createdAt", changed_at AS "changedAt"`;
const statement = (name: string, text: string): Statement => ({ name: `job_${name}`, text });
const changing = `version = version + 1, changed_at = now()`;

const create = statement('create', 'INSERT INTO platform.job (id, kind, owner_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id');
const start = statement(
  'start',
  `UPDATE platform.job SET state = 'running', progress = 0, failure = NULL, started_at = now(), ${changing}
  WHERE id = $1 AND state IN ('queued', 'running', 'failed') RETURNING ${columns}`,
);
const progress = statement(
  'progress',
  `UPDATE platform.job SET progress = greatest(progress, $2), ${changing} WHERE id = $1 AND state = 'running' RETURNING id`,
);
const finish = statement(
  'finish',
  `UPDATE platform.job SET state = 'done', progress = 100, result = $2, failure = NULL, ${changing}
  WHERE id = $1 AND state IN ('queued', 'running', 'failed') RETURNING id`,
);
const fail = statement(
  'fail',
  `UPDATE platform.job SET state = 'failed', failure = $2, ${changing} WHERE id = $1 AND state IN ('queued', 'running') RETURNING id, failure`,
);
const cancel = statement(
  'cancel',
  `UPDATE platform.job SET state = 'cancelled', ${changing} WHERE id = $1 AND state IN ('queued', 'running') RETURNING ${columns}`,
);
const find = statement('find', `SELECT ${columns} FROM platform.job WHERE id = $1`);
const newer = statement(
  'newer',
  `SELECT ${columns} FROM platform.job JOIN unnest($1::uuid[], $2::int[]) AS known (job_id, job_version) ON id = job_id AND version > job_version`,
);
const lose = statement(
  'lose',
  `UPDATE platform.job SET state = 'failed', failure = 'lost', ${changing}
  WHERE (state = 'running' AND changed_at < now() - $1 * interval '1 hour') OR (state = 'queued' AND changed_at < now() - $2 * interval '1 hour') RETURNING id, failure`,
);
const forget = statement(
  'forget',
  `DELETE FROM platform.job WHERE ctid = ANY (ARRAY(SELECT ctid FROM platform.job
  WHERE state IN ('done', 'failed', 'cancelled') AND changed_at < now() - $1 * interval '1 day' LIMIT $2 FOR UPDATE SKIP LOCKED)) RETURNING ${columns}`,
);

/** Jobs forgotten by one statement. */
const forgottenAtOnce = 1_000;

/** `failure` of a row that has just failed. */
type Changed = { readonly id: string; readonly failure?: string | null };

/** `failure`: why it has just failed, if that is the change. */
export type OnChange = (id: string, failure?: string) => void;

/** Jobs in the tables of the library. `onChange` is called once after the commit of each change. */
export function pgJobs(database: Database, onChange: OnChange): Jobs {
  const tell = ({ id, failure }: Changed): void => onChange(id, failure ?? undefined);
  const alone = async (text: Statement, values: readonly unknown[]): Promise<boolean> => {
    const [row] = await database.query<Changed>(text, values);
    if (row) tell(row);
    return row !== undefined;
  };
  const within = async <Row extends Changed>(tx: Tx, text: Statement, values: readonly unknown[]): Promise<Row | undefined> => {
    const session = sessionOf(tx);
    const [row] = await session.query<Row>(text, values);
    if (row) session.afterCommit(() => tell(row));
    return row;
  };
  const one = async (session: Session, id: string): Promise<Job | undefined> => (await session.query<Job>(find, [id]))[0];
  return {
    create: async (tx, { id, kind, ownerId }) => void (await within(tx, create, [id, kind, ownerId])),
    start: (tx, id) => within<Job>(tx, start, [id]),
    progress: (id, percent) => alone(progress, [id, Math.round(percent)]),
    finish: async (tx, id, result) => (await within(tx, finish, [id, JSON.stringify(result)])) !== undefined,
    fail: (id, because) => alone(fail, [id, because]),
    cancel: async (tx, id) => (await within<Job>(tx, cancel, [id])) ?? one(sessionOf(tx), id),
    find: (id, tx) => one(tx ? sessionOf(tx) : database, id),
    newer: (positions) => database.query<Job>(newer, [positions.map(({ id }) => id), positions.map(({ version }) => version)]),
    tend: async ({ lostAfterHours, keptDays }, remember) => {
      for (const lost of await database.query<Changed>(lose, [lostAfterHours.running, lostAfterHours.queued])) tell(lost);
      const forgetSome = (tx: Tx): Promise<number> =>
        sessionOf(tx)
          .query<Job>(forget, [keptDays, forgottenAtOnce])
          .then(async (ended) => (await remember?.(tx, ended), ended.length));
      while ((await database.transaction(forgetSome)) === forgottenAtOnce) continue;
    },
  };
}
