import { type Line, type Pace, paceOf } from './pace.js';

describe('a pace', () => {
  let nowMs: number;
  let slept: number[];
  let pace: Pace;
  const turn = (line: Line) => pace.turn(line);
  beforeEach(() => {
    nowMs = 10_000;
    slept = [];
    pace = paceOf(
      4,
      () => nowMs,
      (ms) => {
        slept.push(ms);
        nowMs += ms;
        return Promise.resolve();
      },
    );
  });

  it('lets the first go at once and the others evenly after it, whoever asks; a rest is not saved up', async () => {
    await Promise.all([turn('order'), turn('news'), turn('order')]);
    nowMs += 60_000;
    await Promise.all([turn('news'), turn('news')]);
    expect(slept).toEqual([250, 250, 250]);
  });

  it('lets the mails of orders go before news that have waited for longer', async () => {
    const gone: string[] = [];
    const go = (name: string, line: Line): Promise<unknown> => turn(line).then(() => gone.push(name));
    await Promise.all([go('n1', 'news'), go('n2', 'news'), go('n3', 'news'), go('o1', 'order'), go('o2', 'order')]);
    expect(gone).toEqual(['n1', 'o1', 'o2', 'n2', 'n3']);
  });

  it('lets none go once it has ended, nor those who wait', async () => {
    const asked = [turn('news'), turn('news'), turn('order')];
    pace.end();
    expect(await Promise.all([...asked, turn('order')])).toEqual([true, false, false, false]);
  });
});
