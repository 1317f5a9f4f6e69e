import { ageOf } from './age.js';

/** A schedule as `GET /ops/v1/schedules` tells it, as far as a line shows it. */
export type ListedSchedule = {
  readonly service: string;
  readonly name: string;
  readonly everyMs: number;
  readonly lastRunAt: string | null;
  readonly lastMs: number;
  readonly lastError: string | null;
  readonly nextRunAt: string;
  readonly pausedAt: string | null;
};

/** What comes more often is written down so often only, milliseconds. Source: docs/how-to/work-with-sagas.md. */
const notedEveryMs = 15_000;

/** A schedule in one line: whose, which, how often, its last run, and what is next. */
export function scheduleLine(schedule: ListedSchedule, now: Date): string {
  const { service, name, everyMs, lastRunAt, lastMs, lastError } = schedule;
  const last = lastRunAt === null ? 'last never' : `last ${lastRunAt} (${lastMs} ms)`;
  return [service, name, `every ${everyMs / 1_000} s`, last, nextOf(schedule, now), lastError ?? ''].join('  ').trimEnd();
}

/** A next run that lies in the past is none: its runs are not all written down, or it is under way, or late. */
function nextOf({ everyMs, lastMs, nextRunAt, pausedAt }: ListedSchedule, now: Date): string {
  if (pausedAt !== null) return `paused since ${pausedAt}`;
  const lateMs = now.getTime() - Date.parse(nextRunAt);
  if (lateMs < 0) return `next ${nextRunAt}`;
  if (everyMs < notedEveryMs && lateMs <= notedEveryMs + lastMs) return `next within ${everyMs / 1_000} s`;
  return `due ${ageOf(lateMs)} ago, no run known since`;
}
