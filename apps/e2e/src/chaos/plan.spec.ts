import { shoppingPlans, victims } from './plan.js';

describe('a chaos run', () => {
  it('does the same for the same seed and something else for another', () => {
    expect(shoppingPlans(1, 50, 10)).toEqual(shoppingPlans(1, 50, 10));
    expect(shoppingPlans(2, 50, 10)).not.toEqual(shoppingPlans(1, 50, 10));
  });

  it('kills the broker with every fifteenth kill and PostgreSQL with every thirtieth, and services between', () => {
    const each = victims(1, ['order', 'cart'], ['kafka', 'postgres']);
    const killed = Array.from({ length: 60 }, () => each.next().value as string);
    const turnsOf = (name: string): number[] => killed.flatMap((victim, turn) => (victim === name ? [turn] : []));
    expect(turnsOf('kafka')).toEqual([1, 16, 31, 46]);
    expect(turnsOf('postgres')).toEqual([4, 34]);
    expect(turnsOf('order').length + turnsOf('cart').length).toBe(54);
  });

  it('kills no server that it was not given', () => {
    const each = victims(1, ['order', 'cart'], []);
    expect(new Set(Array.from({ length: 60 }, () => each.next().value))).toEqual(new Set(['order', 'cart']));
  });
});
