import { restartDelay } from './restart.js';

describe('the wait before a process is started again', () => {
  it('is nothing for one that had lived', () => {
    expect(restartDelay(60_000, 5)).toEqual({ delayMs: 0, earlyDeaths: 0 });
  });

  it('is nothing for the first early death, then doubles', () => {
    const delays = [0, 1, 2, 3].map((before) => restartDelay(100, before));
    expect(delays).toEqual([
      { delayMs: 0, earlyDeaths: 1 },
      { delayMs: 250, earlyDeaths: 2 },
      { delayMs: 500, earlyDeaths: 3 },
      { delayMs: 1_000, earlyDeaths: 4 },
    ]);
  });

  it('never exceeds five seconds', () => {
    expect(restartDelay(100, 30)).toEqual({ delayMs: 5_000, earlyDeaths: 31 });
  });
});
