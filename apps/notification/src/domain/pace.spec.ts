import { paceOf } from './pace.js';

describe('a pace', () => {
  it('lets the first go at once and the others evenly after it, whoever asks; a rest is not saved up', async () => {
    let nowMs = 10_000;
    const slept: number[] = [];
    const turn = paceOf(
      4,
      () => nowMs,
      (ms) => Promise.resolve(slept.push(ms)),
    );
    await Promise.all([turn(), turn(), turn()]);
    nowMs += 60_000;
    await Promise.all([turn(), turn()]);
    expect(slept).toEqual([250, 500, 250]);
  });
});
