import { type Database, sessionOf, type Statement, type Tx } from '@tandem/kernel';
import { inOneLine } from '@tandem/messaging';
import type { Logger } from 'pino';
import type { Background } from './service.js';
import { createTicker } from './ticker.js';

/** Work of a service that comes again and again. */
export type ScheduleOptions = {
  /** Unique in its service; operators call it by this. */
  readonly name: string;
  readonly everyMs: number;
  /** Safe to run on several replicas at once. Answers in how many ms there is more to do, when that is sooner. */
  readonly work: () => Promise<number | undefined | void>;
};

/** `start` makes it known to operators and begins the first run; it rejects, with nothing begun, while the database is away. `wake`: a run at once, unless it is paused. */
export type Schedule = Background & { wake(): void };

/** What an operator sees of a schedule, over all replicas. */
export type ScheduleState = {
  readonly name: string;
  readonly everyMs: number;
  readonly lastRunAt: Date | null;
  readonly lastMs: number | null;
  readonly lastError: string | null;
  readonly nextRunAt: Date;
  readonly pausedAt: Date | null;
  readonly steeredBy: string | null;
  readonly steeredBecause: string | null;
};

export type Steering = {
  readonly name: string;
  readonly action: 'pause' | 'resume' | 'run';
  readonly actor: string;
  readonly reason: string;
};

/** The schedules of a service, in one table that all its replicas share. */
export type Schedules = {
  every(options: ScheduleOptions): Schedule;
  list(): Promise<readonly ScheduleState[]>;
  /** Pauses on all replicas, resumes, or runs once even while paused. `undefined` when there is no such schedule. */
  steer(tx: Tx, steering: Steering): Promise<ScheduleState | undefined>;
};

/** A run is written down at least this often; what runs every second would write for nothing else. Milliseconds. */
const notedEveryMs = 15_000;

const know: Statement = {
  name: 'schedule_know',
  text: 'INSERT INTO platform.schedule (name, every_ms) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET every_ms = excluded.every_ms',
};
const look: Statement = {
  name: 'schedule_look',
  text: `SELECT paused_at IS NOT NULL AS "isPaused", coalesce(wanted_at > coalesce(last_run_at, '-infinity'), false) AS "isWanted" FROM platform.schedule WHERE name = $1`,
};
const note: Statement = {
  name: 'schedule_note',
  text: `UPDATE platform.schedule SET last_run_at = now(), last_ms = $2, last_error = $3, next_run_at = now() + $4 * interval '1 ms' WHERE name = $1`,
};
const columns = `name, every_ms::float8 AS "everyMs", last_run_at AS "lastRunAt", last_ms AS "lastMs", last_error AS "lastError", next_run_at AS "nextRunAt",
  paused_at AS "pausedAt", steered_by AS "steeredBy", steered_because AS "steeredBecause"`;
const list: Statement = { name: 'schedule_list', text: `SELECT ${columns} FROM platform.schedule ORDER BY name` };
const steer: Statement = {
  name: 'schedule_steer',
  text: `UPDATE platform.schedule SET paused_at = CASE $2 WHEN 'pause' THEN coalesce(paused_at, now()) WHEN 'resume' THEN NULL ELSE paused_at END,
      wanted_at = CASE $2 WHEN 'run' THEN clock_timestamp() ELSE wanted_at END, steered_by = $3, steered_because = $4 WHERE name = $1 RETURNING ${columns}`,
};

export function createSchedules(database: Database, logger: Logger): Schedules {
  const here = new Map<string, Schedule>();
  return {
    every: (options) => {
      const made = scheduled(database, logger, options);
      here.set(options.name, made);
      return made;
    },
    list: () => database.query<ScheduleState>(list),
    steer: async (tx, { name, action, actor, reason }) => {
      const [state] = await sessionOf(tx).query<ScheduleState>(steer, [name, action, actor, reason]);
      if (!state) return undefined;
      sessionOf(tx).afterCommit(() => {
        logger.info({ schedule: name, action, actor, reason }, 'a schedule was steered');
        if (action !== 'pause') here.get(name)?.wake();
      });
      return state;
    },
  };
}

type Look = { readonly isPaused: boolean; readonly isWanted: boolean };

function scheduled(database: Database, logger: Logger, { name, everyMs, work }: ScheduleOptions): Schedule {
  const state = { notedAt: -Infinity };
  const run = async (isWanted: boolean): Promise<number | undefined | void> => {
    const begun = performance.now();
    const write = (error: string | null): Promise<unknown> => {
      state.notedAt = performance.now();
      return database.query(note, [name, Math.round(performance.now() - begun), error, everyMs]);
    };
    try {
      const dueMs = await work();
      if (isWanted || performance.now() - state.notedAt >= notedEveryMs) await write(null);
      return dueMs;
    } catch (error) {
      await write(inOneLine(error)).catch(() => undefined); // the database is away as well: what the work threw is told
      throw error;
    }
  };
  const turn = async (): Promise<number | undefined | void> => {
    const [seen] = await database.query<Look>(look, [name]);
    return seen?.isPaused && !seen.isWanted ? undefined : run(seen?.isWanted ?? false);
  };
  const ticker = createTicker({
    everyMs,
    work: turn,
    onError: (error) => logger.warn({ err: error, schedule: name }, 'a schedule failed; it comes again'),
  });
  const start = async (): Promise<void> => {
    await database.query(know, [name, everyMs]);
    ticker.start();
  };
  return { name, start, stop: () => ticker.stop(), wake: () => ticker.wake() };
}
