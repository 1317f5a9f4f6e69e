import { describe, expect, it } from '@jest/globals';
import { pick } from './seats.js';

const free = new Set(['A1', 'A2']);

describe('picking seats', () => {
  it('wants as many as units, each once', () => {
    const picked = (quantity: number, ...seats: readonly string[]) => pick({ quantity, seats, isSeated: true, free });
    expect([picked(2, 'A1', 'A2'), picked(1, 'A1', 'A2'), picked(1), picked(2, 'A1', 'A1')]).toEqual([
      { kind: 'picked' },
      { kind: 'refused', because: 'count' },
      { kind: 'refused', because: 'count' },
      { kind: 'refused', because: 'count' },
    ]);
  });

  it('names those that are not free', () => {
    expect(pick({ quantity: 3, seats: ['A1', 'B7', 'nowhere'], isSeated: true, free })).toEqual({
      kind: 'taken',
      seats: ['B7', 'nowhere'],
    });
  });

  it('is for variants with seats', () => {
    const outcomes = [[], ['A1']].map((seats) => pick({ quantity: 1, seats, isSeated: false, free: new Set() }));
    expect(outcomes).toEqual([{ kind: 'picked' }, { kind: 'refused', because: 'not-seated' }]);
  });
});
