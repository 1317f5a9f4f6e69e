import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate, defaultLocation, type Shelf } from './allocation.js';
import type { OrderLine } from './reservation.js';

const shelf = (locationId: string, available: number, variantId = 'mug'): Shelf => ({ variantId, locationId, available, seated: false });
const line = (quantity: number, lineId = 'a', variantId = 'mug'): OrderLine => ({ lineId, variantId, quantity });
const places = (lines: readonly OrderLine[], shelves: readonly Shelf[]): unknown => {
  const allocation = allocate(lines, shelves);
  return allocation.kind === 'short'
    ? allocation.short
    : allocation.parts.map(
        ({ lineId, locationId, quantity }) => `${lineId}: ${quantity} from ${locationId === defaultLocation ? 'default' : locationId}`,
      );
};

describe('allocating an order', () => {
  it('takes a line from the default location, if that has enough', () => {
    expect(places([line(3)], [shelf('north', 90), shelf(defaultLocation, 3)])).toEqual(['a: 3 from default']);
  });

  it('takes it whole from the location that has most, if the default one has not enough', () => {
    expect(places([line(4)], [shelf(defaultLocation, 3), shelf('north', 5), shelf('south', 7)])).toEqual(['a: 4 from south']);
  });

  it('splits a line that no location has, into as few parts as possible', () => {
    expect(places([line(9)], [shelf(defaultLocation, 2), shelf('north', 5), shelf('south', 4)])).toEqual([
      'a: 5 from north',
      'a: 4 from south',
    ]);
  });

  it('counts what earlier lines have taken', () => {
    expect(places([line(2, 'a'), line(2, 'b')], [shelf(defaultLocation, 3), shelf('north', 2)])).toEqual([
      'a: 2 from default',
      'b: 2 from north',
    ]);
  });

  it('gives none of them when one is short, and says what there is in all', () => {
    const lines = [line(1, 'a', 'pot'), line(9, 'b')];
    expect(places(lines, [shelf(defaultLocation, 5, 'pot'), shelf(defaultLocation, 5), shelf('north', 3)])).toEqual([
      { variantId: 'mug', available: 8 },
    ]);
  });

  it('gives numbered units by their numbers only, at the default location', () => {
    const hall = [{ ...shelf(defaultLocation, 0), seated: true }];
    expect(allocate([line(1)], hall)).toEqual({ kind: 'short', short: [{ variantId: 'mug', available: 0 }] });
    expect(allocate([{ ...line(2), seats: ['A1', 'A2'] }], hall)).toEqual({
      kind: 'allocated',
      parts: [{ lineId: 'a', variantId: 'mug', locationId: defaultLocation, quantity: 2, seats: ['A1', 'A2'] }],
    });
  });
});

const variants = ['mug', 'pot', 'cup'];
const locations = [defaultLocation, 'north', 'south'];
const anyShelves = fc
  .array(fc.nat(12), { minLength: 9, maxLength: 9 })
  .map((counts) => variants.flatMap((variantId, v) => locations.map((place, l) => shelf(place, counts[v * 3 + l] ?? 0, variantId))));
const anyLines = fc
  .array(fc.record({ variantId: fc.constantFrom(...variants), quantity: fc.integer({ min: 1, max: 15 }) }), { minLength: 1, maxLength: 6 })
  .map((lines) => lines.map((each, index): OrderLine => ({ ...each, lineId: `line ${index}` })));
const sum = (values: readonly { readonly quantity: number }[]): number => values.reduce((total, { quantity }) => total + quantity, 0);

describe('any allocation', () => {
  it('gives every line all its units, and no location more than it has; or nothing, and then something is short', () => {
    fc.assert(
      fc.property(anyLines, anyShelves, (lines, shelves) => {
        const allocation = allocate(lines, shelves);
        if (allocation.kind === 'short') {
          const { variantId, available } = allocation.short[0] ?? { variantId: '', available: 0 };
          return sum(lines.filter((each) => each.variantId === variantId)) > available;
        }
        const { parts } = allocation;
        const areWhole = lines.every(({ lineId, quantity }) => sum(parts.filter((part) => part.lineId === lineId)) === quantity);
        const areThere = shelves.every(
          ({ variantId, locationId, available }) =>
            sum(parts.filter((part) => part.variantId === variantId && part.locationId === locationId)) <= available,
        );
        return areWhole && areThere && parts.every(({ quantity }) => quantity > 0);
      }),
      { numRuns: 2_000 },
    );
  });

  it('splits no line that a location could have given whole at its turn', () => {
    fc.assert(
      fc.property(anyLines, anyShelves, (lines, shelves) => {
        const allocation = allocate(lines, shelves);
        if (allocation.kind === 'short') return true;
        return lines.every(({ lineId, variantId, quantity }, index) => {
          const before = new Set(lines.slice(0, index).map((each) => each.lineId));
          const taken = allocation.parts.filter((part) => before.has(part.lineId) && part.variantId === variantId);
          const could = shelves.some(
            (each) =>
              each.variantId === variantId &&
              each.available - sum(taken.filter(({ locationId }) => locationId === each.locationId)) >= quantity,
          );
          return !could || allocation.parts.filter((part) => part.lineId === lineId).length === 1;
        });
      }),
      { numRuns: 2_000 },
    );
  });
});
