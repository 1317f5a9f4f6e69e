import { createRetryBudget } from './retry-budget.js';

describe('a budget of second tries', () => {
  /** How many second tries of so many calls are made when every one of them fails. */
  const triesOf = (calls: number, everyMs: number): number => {
    let ms = 0;
    const budget = createRetryBudget(() => ms);
    let tries = 0;
    for (let n = 0; n < calls; n += 1) {
      ms += everyMs;
      budget.earn();
      if (budget.spend()) tries += 1;
    }
    return tries;
  };

  it('is a tenth of the calls, with ten in reserve', () => {
    const tries = triesOf(1_000, 0);
    expect([tries >= 108, tries <= 110]).toEqual([true, true]); // tenths do not add up exactly
  });

  it('lets a service that is hardly called try again each time', () => {
    expect(triesOf(60, 2_000)).toBe(60);
  });

  it('is not saved up: after a quiet day it is ten', () => {
    let ms = 0;
    const budget = createRetryBudget(() => ms);
    for (let n = 0; n < 1_000; n += 1) budget.earn();
    ms = 86_400_000;
    expect(Array.from({ length: 20 }, () => budget.spend()).filter(Boolean)).toHaveLength(10);
  });
});
