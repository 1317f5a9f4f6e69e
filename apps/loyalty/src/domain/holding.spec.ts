import { hold } from './holding.js';

describe('holding points', () => {
  it('takes no more than what other orders leave', () => {
    expect(hold({ state: undefined, spendable: 100n }, 100n)).toEqual({ kind: 'held', spendable: 0n });
    expect(hold({ state: undefined, spendable: 100n }, 101n)).toEqual({ kind: 'insufficient', spendable: 100n });
    expect(hold({ state: undefined, spendable: -5n }, 1n)).toEqual({ kind: 'insufficient', spendable: -5n });
  });

  it('again renews, unless the order has let go', () => {
    expect(hold({ state: 'held', spendable: 100n }, 60n)).toEqual({ kind: 'held', spendable: 40n });
    expect(hold({ state: 'released', spendable: 100n }, 60n)).toEqual({ kind: 'released', spendable: 100n });
  });

  it('of an order that has spent them is as good as held, whatever is left', () => {
    expect(hold({ state: 'spent', spendable: 0n }, 60n)).toEqual({ kind: 'held', spendable: 0n });
  });
});
