import { type ListedSchedule, scheduleLine } from './schedule-line.js';

const now = new Date('2026-11-23T12:00:00.000Z');
const at = (secondsFromNow: number): string => new Date(now.getTime() + secondsFromNow * 1_000).toISOString();
const hourly: ListedSchedule = {
  service: 'order',
  name: 'forget-checkout-keys',
  everyMs: 3_600_000,
  lastRunAt: at(-600),
  lastMs: 12,
  lastError: null,
  nextRunAt: at(3_000),
  pausedAt: null,
};
const often = { ...hourly, name: 'settle-debts', everyMs: 2_000 };

describe('a schedule in a line', () => {
  it('says whose it is, how often it runs, and when it ran last and runs next', () => {
    expect(scheduleLine(hourly, now)).toBe(
      'order  forget-checkout-keys  every 3600 s  last 2026-11-23T11:50:00.000Z (12 ms)  next 2026-11-23T12:50:00.000Z',
    );
    expect(scheduleLine({ ...often, lastRunAt: null, nextRunAt: at(1), lastError: 'the bank is away' }, now)).toBe(
      'order  settle-debts  every 2 s  last never  next 2026-11-23T12:00:01.000Z  the bank is away',
    );
  });

  it.each([
    ['a paused one', { ...hourly, pausedAt: at(-60), nextRunAt: at(-30) }, `paused since ${at(-60)}`],
    ['one that runs more often than is written down', { ...often, nextRunAt: at(-14) }, 'next within 2 s'],
    ['the same, whose runs are long', { ...often, lastMs: 10_000, nextRunAt: at(-24) }, 'next within 2 s'],
    ['the same, of which nothing was heard', { ...often, nextRunAt: at(-42) }, 'due 42 s ago, no run known since'],
    ['one that is due', { ...hourly, nextRunAt: at(0) }, 'due 0 s ago, no run known since'],
    ['one that is late', { ...hourly, nextRunAt: at(-600) }, 'due 10 minutes ago, no run known since'],
    ['one that is very late', { ...hourly, nextRunAt: at(-7_200) }, 'due 2 hours ago, no run known since'],
    ['one that nobody runs any more', { ...hourly, nextRunAt: at(-5 * 86_400) }, 'due 5 days ago, no run known since'],
  ])('never tells of a next run that is over: %s', (_which, schedule, next) => {
    expect(scheduleLine(schedule, now).split('  ')[4]).toBe(next);
  });
});
