import { backlogBounds, judge, oldestOf, type Standing, watchedMs } from './backlog.js';

const { closesAtMs, opensAtMs } = backlogBounds;

describe('a backlog', () => {
  /** Whether the door is closed after each of these ages, seen five minutes apart or as often as is said. */
  const doors = (ages: readonly number[], everyMs = watchedMs): readonly boolean[] => {
    let standing: Pick<Standing, 'isClosed' | 'oldSince'> = { isClosed: false, oldSince: null };
    return ages.map((oldestAgeMs, n) => (standing = judge(standing, { signal: 'outbox', of: 'order', oldestAgeMs }, n * everyMs)).isClosed);
  };

  it('closes the door at one age and opens it at a lower one, and does not swing in between', () => {
    expect(
      doors([closesAtMs - 1, closesAtMs - 1, closesAtMs, closesAtMs, closesAtMs - 1, opensAtMs, opensAtMs - 1, closesAtMs - 1]),
    ).toEqual([false, false, false, true, true, true, false, false]);
  });

  it('of five minutes, as an outage of the broker leaves it, closes nothing', () => {
    expect(doors([...Array.from({ length: 31 }, (_, n) => n * 10_000), 0], 10_000)).not.toContain(true);
  });

  it('of months, as of who reads a topic from its beginning, closes nothing for five minutes', () => {
    const months = Array.from({ length: 31 }, () => 9e9);
    expect(doors(months, 10_000).lastIndexOf(false)).toBe(29);
    expect(doors([9e9, 0, 9e9], 10_000)).toEqual([false, false, false]);
  });

  it('is as old as the oldest that waits, and says where', () => {
    expect(oldestOf('consumers', [])).toEqual({ signal: 'consumers', of: '', oldestAgeMs: 0 });
    expect(
      oldestOf('consumers', [
        { of: 'loyalty on order', oldestAgeMs: 5 },
        { of: 'shipping on order', oldestAgeMs: 9 },
      ]),
    ).toEqual({ signal: 'consumers', of: 'shipping on order', oldestAgeMs: 9 });
  });
});
