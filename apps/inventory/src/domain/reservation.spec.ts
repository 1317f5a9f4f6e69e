import { describe, expect, it } from '@jest/globals';
import { releasing, reservingAgain, shortagesOf, taking } from './reservation.js';
import { crossingOf } from './stock.js';

describe('a reservation', () => {
  it('asked for again is renewed while it holds, held anew once expired, refused once released', () => {
    expect((['reserved', 'taken', 'expired', 'released'] as const).map(reservingAgain)).toEqual([
      'renew',
      'stands',
      'hold-again',
      'refuse',
    ]);
  });

  it('is taken once, held anew first when it has expired, and not at all after it was released', () => {
    expect((['reserved', 'taken', 'expired', 'released', undefined] as const).map(taking)).toEqual([
      'take',
      'stands',
      'hold-again',
      'refuse',
      'refuse',
    ]);
  });

  it('gives units back by a release, also once they are taken', () => {
    expect((['reserved', 'taken', 'expired', 'released'] as const).map(releasing)).toEqual(['free', 'put-back', 'close', 'stands']);
  });

  it('names every line of a variant there is too little of', () => {
    const lines = [
      { lineId: 'a', variantId: 'mug', quantity: 2 },
      { lineId: 'b', variantId: 'pot', quantity: 1 },
      { lineId: 'c', variantId: 'mug', quantity: 3 },
    ];
    expect(shortagesOf(lines, [{ variantId: 'mug', available: 4 }])).toEqual([
      { lineId: 'a', variantId: 'mug', quantity: 2, available: 4 },
      { lineId: 'c', variantId: 'mug', quantity: 3, available: 4 },
    ]);
  });
});

describe('a change of stock', () => {
  const change = (available: number, rise: number) => crossingOf({ variantId: 'mug', onHand: 9, available, rise });

  it('is a crossing only where zero is left or reached', () => {
    expect([change(0, -2), change(3, 3), change(1, -1), change(5, 2), change(0, 0)]).toEqual([
      'sold-out',
      'back-in-stock',
      undefined,
      undefined,
      undefined,
    ]);
  });
});
