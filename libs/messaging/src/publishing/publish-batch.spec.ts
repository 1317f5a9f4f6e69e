import { resendAfterMs } from './publish-batch.js';

describe('a batch that the log did not take', () => {
  it('is sent again four times a second for three seconds, within which another broker leads, then once a second', () => {
    const waits = Array.from({ length: 15 }, (_, n) => resendAfterMs(n + 1));
    expect(waits.filter((ms) => ms === 250).reduce((total, ms) => total + ms, 0)).toBe(3_000);
    expect([...new Set(waits)]).toEqual([250, 1_000]);
  });
});
