import { jest } from '@jest/globals';
import { auditAgain } from './auditing.js';
import { Failure } from './failure.js';

const [hour, halfHour] = [3_600_000, 1_800_000];

type Start = { readonly since?: string; readonly fullEveryMs?: number; readonly roundMs?: number };

/** The marks that audits went on from, when they end as these do: with a next mark, with none, or not at all. Each takes `roundMs`. */
async function marks(
  { since, fullEveryMs = Infinity, roundMs = 0 }: Start,
  ...ends: readonly (string | null | Failure)[]
): Promise<readonly (string | undefined)[]> {
  const asked: (string | undefined)[] = [];
  const audit = async (mark: string | undefined) => {
    const end = ends[asked.push(mark) - 1];
    if (end === undefined) throw new Error('stopped');
    if (end instanceof Failure) throw end;
    return { summary: 'nothing', broken: 0, next: end };
  };
  const now = (): number => asked.length * roundMs;
  await expect(auditAgain(audit, { since, fullEveryMs, everyMs: 1, now })).rejects.toThrow('stopped');
  return asked;
}

describe('audits again and again', () => {
  beforeEach(() => {
    jest.spyOn(console, 'log').mockReturnValue();
    jest.spyOn(console, 'error').mockReturnValue();
  });
  afterEach(() => jest.restoreAllMocks());

  it('begin from the mark they are given, or from everything, and go on from the next', async () => {
    expect(await marks({ since: 'first' }, 'second', 'third')).toEqual(['first', 'second', 'third']);
    expect(await marks({}, 'second')).toEqual([undefined, 'second']);
  });

  it('are of everything once a day', async () => {
    const everyTwo = { since: 'first', fullEveryMs: 2 * hour, roundMs: hour };
    expect(await marks(everyTwo, 'second', 'third', 'fourth', 'fifth', 'sixth')).toEqual([
      'first',
      'second',
      undefined,
      'fourth',
      'fifth',
      undefined,
    ]);
  });

  it('go on with what changes when the one of everything fails, and try that again after an hour', async () => {
    const everyFour = { since: 'first', fullEveryMs: 4 * halfHour, roundMs: halfHour };
    const ends = ['second', 'third', 'fourth', 'fifth', new Failure('too much'), 'sixth', 'seventh'];
    expect(await marks(everyFour, ...ends)).toEqual(['first', 'second', 'third', 'fourth', undefined, 'fifth', 'sixth', undefined]);
  });

  it('go on from the last good one, or from everything when it told no next', async () => {
    expect(await marks({ since: 'first' }, new Failure('away'), 'second', new Failure('away'))).toEqual([
      'first',
      'first',
      'second',
      'second',
    ]);
    expect(await marks({ since: 'first' }, null)).toEqual(['first', undefined]);
  });
});
