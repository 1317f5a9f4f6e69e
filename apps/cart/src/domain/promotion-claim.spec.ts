import { claim, type ClaimFacts } from './promotion-claim.js';

const facts: ClaimFacts = {
  claim: undefined,
  isRunning: true,
  used: 3,
  usageLimit: 4,
  usedByOwner: 0,
  customerLimit: 1,
  isFirstOrderTaken: false,
};

describe('the claim of a promotion', () => {
  it('counts up to the limits, in all and of one customer', () => {
    expect(claim(facts)).toEqual({ kind: 'claimed' });
    expect(claim({ ...facts, used: 4 })).toEqual({ kind: 'used-up' });
    expect(claim({ ...facts, usedByOwner: 1 })).toEqual({ kind: 'used-up' });
    expect(claim({ ...facts, used: 9_000, usageLimit: null, usedByOwner: 9, customerLimit: null })).toEqual({ kind: 'claimed' });
  });

  it('of one that is not running is gone', () => {
    expect(claim({ ...facts, isRunning: false })).toEqual({ kind: 'gone' });
  });

  it('for a first order is gone when it is not the first; the order that has it keeps it', () => {
    expect([claim({ ...facts, isFirstOrderTaken: true }), claim({ ...facts, claim: 'claimed', isFirstOrderTaken: true })]).toEqual([
      { kind: 'gone' },
      { kind: 'claimed' },
    ]);
  });

  it('stands once it was made, and is gone once it was released', () => {
    expect(claim({ ...facts, claim: 'claimed', isRunning: false, used: 4, usedByOwner: 1 })).toEqual({ kind: 'claimed' });
    expect(claim({ ...facts, claim: 'released' })).toEqual({ kind: 'gone' });
  });
});
