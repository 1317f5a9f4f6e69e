import type { OnBehalf } from '../domain/ports.js';
import { type Ask, together } from './together.js';

const call = (requestId: string, deadline?: Date): OnBehalf => ({ requestId, deadline, traceparent: undefined });

describe('what is asked at the same moment', () => {
  /** A peer that notes what it is asked. */
  function aPeer() {
    const asked: { ids: readonly string[]; call: OnBehalf }[] = [];
    const ask: Ask<string> = async (ids, on) => {
      asked.push({ ids, call: on });
      return new Map(ids.map((id) => [id, `${id} ${asked.length}`]));
    };
    return { asked, ask: together(ask) };
  }

  it('is one question, each id in it once, with the time of the most patient', async () => {
    const { asked, ask } = aPeer();
    const late = new Date(9_000);
    const [one, other] = await Promise.all([ask(['a', 'b'], call('r1', new Date(1_000))), ask(['b', 'c'], call('r2', late))]);
    expect([one.get('a'), other.get('c')]).toEqual(['a 1', 'c 1']);
    expect(asked).toEqual([{ ids: ['a', 'b', 'c'], call: call('r1', late) }]);
  });

  it('is given up with the one who asks, and not with one of several', async () => {
    const { asked, ask } = aPeer();
    const { signal } = new AbortController();
    await ask(['a'], { ...call('r1'), signal });
    await Promise.all([ask(['a'], { ...call('r2'), signal }), ask(['b'], call('r3'))]);
    expect(asked.map((question) => question.call.signal)).toEqual([signal, undefined]);
  });

  it('is asked anew by whoever comes later', async () => {
    const { asked, ask } = aPeer();
    await ask(['a'], call('r1'));
    expect([(await ask(['a'], call('r2'))).get('a'), asked.length]).toEqual(['a 2', 2]);
  });

  it('is several questions when it is more than a peer takes', async () => {
    const { asked, ask } = aPeer();
    const ids = (from: number) => Array.from({ length: 600 }, (_, n) => `v${from + n}`);
    const [, second] = await Promise.all([ask(ids(0), call('r1')), ask(ids(600), call('r2'))]);
    expect([asked.map((question) => question.ids.length), second.get('v1199')]).toEqual([[600, 600], 'v1199 2']);
  });

  it('fails for all who asked, and for nobody after', async () => {
    let isAway = true;
    const ask = together(async (ids) => {
      if (isAway) throw new Error('away');
      return new Map(ids.map((id) => [id, id]));
    });
    const outcomes = await Promise.allSettled([ask(['a'], call('r1')), ask(['b'], call('r2'))]);
    isAway = false;
    expect([outcomes.map(({ status }) => status), (await ask(['a'], call('r3'))).get('a')]).toEqual([['rejected', 'rejected'], 'a']);
  });
});
