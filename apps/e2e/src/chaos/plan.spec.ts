import { shoppingPlans, victims } from './plan.js';

describe('a chaos run', () => {
  it('does the same for the same seed and something else for another', () => {
    expect(shoppingPlans(1, 50, 10)).toEqual(shoppingPlans(1, 50, 10));
    expect(shoppingPlans(2, 50, 10)).not.toEqual(shoppingPlans(1, 50, 10));
  });

  it('kills the broker once, as its third victim', () => {
    const first = victims(1, ['order', 'cart'], true);
    const killed = Array.from({ length: 50 }, () => first.next().value);
    expect(killed[2]).toBe('kafka');
    expect(killed.filter((name) => name === 'kafka')).toHaveLength(1);
  });
});
