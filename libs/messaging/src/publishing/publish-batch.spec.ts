import { resendAfterMs } from './publish-batch.js';

describe('a batch that the log did not take', () => {
  it('is sent again four times a second for three seconds, while another broker may take over, then once a second', () => {
    expect([0, 250, 2_999, 3_000, 60_000].map(resendAfterMs)).toEqual([250, 250, 250, 1_000, 1_000]);
  });
});
