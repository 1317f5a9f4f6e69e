import { jest } from '@jest/globals';
import { auditAgain } from './auditing.js';
import { Failure } from './failure.js';

/** The marks that audits went on from, when they end as these do: with a next mark, with none, or not at all. */
async function marks(since: string | undefined, ...ends: readonly (string | null | Failure)[]): Promise<readonly (string | undefined)[]> {
  return marksOf({ since, fullEach: Infinity }, ends);
}

async function marksOf(
  from: { readonly since: string | undefined; readonly fullEach: number },
  ends: readonly (string | null | Failure)[],
): Promise<readonly (string | undefined)[]> {
  const asked: (string | undefined)[] = [];
  const audit = async (mark: string | undefined) => {
    const end = ends[asked.push(mark) - 1];
    if (end === undefined) throw new Error('stopped');
    if (end instanceof Failure) throw end;
    return { summary: 'nothing', broken: 0, next: end };
  };
  await expect(auditAgain(audit, { ...from, everyMs: 1 })).rejects.toThrow('stopped');
  return asked;
}

describe('audits again and again', () => {
  beforeEach(() => {
    jest.spyOn(console, 'log').mockReturnValue();
    jest.spyOn(console, 'error').mockReturnValue();
  });
  afterEach(() => jest.restoreAllMocks());

  it('begin from the mark they are given, or from everything, and go on from the next', async () => {
    expect(await marks('first', 'second', 'third')).toEqual(['first', 'second', 'third']);
    expect(await marks(undefined, 'second')).toEqual([undefined, 'second']);
  });

  it('are of everything each so many, and again when that one failed', async () => {
    const ends = ['second', 'third', new Failure('away'), 'fourth', 'fifth', 'sixth'];
    const asked = await marksOf({ since: 'first', fullEach: 2 }, ends);
    expect(asked).toEqual(['first', 'second', undefined, undefined, 'fourth', undefined, 'sixth']);
  });

  it('go on from the last good one, or from everything when it told no next', async () => {
    expect(await marks('first', new Failure('away'), 'second', new Failure('away'))).toEqual(['first', 'first', 'second', 'second']);
    expect(await marks('first', null)).toEqual(['first', undefined]);
  });
});
