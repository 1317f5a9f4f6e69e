import { describe, expect, it } from '@jest/globals';
import { gather } from './gather.js';

/** A run that ends when told to, and what it was asked. */
function slowly() {
  const runs: { readonly asks: readonly number[]; readonly end: (error?: Error) => void }[] = [];
  const run = (asks: readonly number[]): Promise<readonly number[]> =>
    new Promise((resolve, reject) => runs.push({ asks, end: (error) => (error ? reject(error) : resolve(asks.map((ask) => ask * 10))) }));
  return { runs, run };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('gathering', () => {
  it('runs an ask at once, and what is asked meanwhile together; everyone gets their own answer', async () => {
    const { runs, run } = slowly();
    const ask = gather(run, { lanes: 1, most: 2 });
    const answers = Promise.all([ask(1), ask(2), ask(3), ask(4)]);
    for (let done = 0; done < runs.length; done++) {
      runs[done]?.end();
      await settled();
    }
    expect([runs.map(({ asks }) => asks), await answers]).toEqual([
      [[1], [2, 3], [4]],
      [10, 20, 30, 40],
    ]);
  });

  it('has as many runs at a time as lanes', () => {
    const { runs, run } = slowly();
    const ask = gather(run, { lanes: 2, most: 9 });
    for (const each of [1, 2, 3]) void ask(each);
    expect(runs.map(({ asks }) => asks)).toEqual([[1], [2]]);
  });

  it('tells everyone of a run its error, and goes on', async () => {
    const { runs, run } = slowly();
    const ask = gather(run, { lanes: 1, most: 9 });
    const first = ask(1).catch((error: Error) => error.message);
    const second = ask(2);
    runs[0]?.end(new Error('away'));
    await settled();
    runs[1]?.end();
    expect([await first, await second]).toEqual(['away', 20]);
  });

  it('takes all that is ready into the first run, if it begins later', async () => {
    const { runs, run } = slowly();
    const ask = gather(run, { lanes: 1, most: 9, begin: setImmediate });
    const answers = Promise.all([ask(1), ask(2)]);
    await settled();
    runs[0]?.end();
    expect([await answers, runs.map(({ asks }) => asks)]).toEqual([[10, 20], [[1, 2]]]);
  });

  it('fails a run that does not answer everyone', async () => {
    const ask = gather<number, number>(() => Promise.resolve([]), { lanes: 1, most: 9 });
    await expect(ask(1)).rejects.toThrow('1 asked, 0 answered');
  });
});
