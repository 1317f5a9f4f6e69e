import { createTicker } from './ticker.js';
import { eventually } from './testing/index.js';

describe('a ticker', () => {
  it('goes on after a failure, which it tells', async () => {
    const told: string[] = [];
    const ticker = createTicker({
      everyMs: 50,
      work: () => Promise.reject(new Error(`no. ${told.length + 1}`)),
      onError: (error) => void told.push((error as Error).message),
    });
    ticker.start();
    await eventually(
      () => told,
      (seen) => seen.length >= 3,
    );
    await ticker.stop();
    expect(told.slice(0, 3)).toEqual(['no. 1', 'no. 2', 'no. 3']);
  });
});
