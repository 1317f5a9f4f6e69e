import { createTicker } from './ticker.js';
import { eventually } from './testing/index.js';

describe('a ticker', () => {
  it('tries again as soon as what is told of a failure says, and as usual when it says nothing', async () => {
    const told: string[] = [];
    const ticker = createTicker({
      everyMs: 3_600_000,
      work: () => Promise.reject(new Error(`no. ${told.length + 1}`)),
      onError: (error) => (told.push((error as Error).message) < 3 ? 0 : undefined),
    });
    ticker.start();
    await eventually(
      () => told,
      (seen) => seen.length === 3,
    );
    await ticker.stop();
    expect(told).toEqual(['no. 1', 'no. 2', 'no. 3']);
  });
});
