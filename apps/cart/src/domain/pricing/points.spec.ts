import { redeem } from './points.js';

describe('points', () => {
  it('pay for goods, in whole points', () => {
    expect(redeem({ wanted: 300n, minorPerPoint: 1n, goods: 1_000n, isLastToPay: false })).toEqual({ points: 300n, value: 300n });
    expect(redeem({ wanted: 300n, minorPerPoint: 10n, goods: 999n, isLastToPay: false })).toEqual({ points: 99n, value: 990n });
  });

  it('never pay for more than the goods cost, and leave something to the bank', () => {
    expect(redeem({ wanted: 5_000n, minorPerPoint: 1n, goods: 1_000n, isLastToPay: false })).toEqual({ points: 1_000n, value: 1_000n });
    expect(redeem({ wanted: 5_000n, minorPerPoint: 1n, goods: 1_000n, isLastToPay: true })).toEqual({ points: 999n, value: 999n });
    expect(redeem({ wanted: 5_000n, minorPerPoint: 1n, goods: 0n, isLastToPay: true })).toEqual({ points: 0n, value: 0n });
  });
});
