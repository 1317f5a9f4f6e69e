import { move, parcelsOf, stop } from './shipment.js';

describe('a shipment', () => {
  it('moves forward only: a late report changes nothing, and delivered may follow straight from created', () => {
    expect(move({ status: 'created', isStopped: false }, 'delivered')).toEqual({ kind: 'moved', status: 'delivered' });
    expect(move({ status: 'delivered', isStopped: false }, 'in-transit')).toEqual({ kind: 'unchanged', because: 'late' });
    expect(move({ status: 'in-transit', isStopped: false }, 'in-transit')).toEqual({ kind: 'unchanged', because: 'late' });
  });

  it('that comes back stays so, whatever comes late, and may come back from anywhere', () => {
    const moved = { kind: 'moved', status: 'returned' };
    expect(
      (['created', 'in-transit', 'lost', 'delivered'] as const).map((status) => move({ status, isStopped: false }, 'returned')),
    ).toEqual([moved, moved, moved, moved]);
    const late = { kind: 'unchanged', because: 'late' };
    expect(
      (['in-transit', 'lost', 'delivered', 'returned'] as const).map((movement) =>
        move({ status: 'returned', isStopped: false }, movement),
      ),
    ).toEqual([late, late, late, late]);
  });

  it('does not move once it was stopped', () => {
    expect(move({ status: 'created', isStopped: true }, 'in-transit')).toEqual({ kind: 'unchanged', because: 'stopped' });
  });

  it('can be stopped until the carrier has the parcel', () => {
    expect(
      (['planned', 'created', 'in-transit', 'delivered', 'lost', 'returned', 'voided'] as const).map((status) => stop({ status })),
    ).toEqual(['stopped', 'stopped', 'dispatched', 'dispatched', 'dispatched', 'dispatched', 'stopped']);
  });

  it('is one parcel from every location that something lies at', () => {
    const lines = [
      {
        lineId: 'a',
        quantity: 3,
        weightGrams: 300,
        parts: [
          { locationId: 'main', quantity: 1 },
          { locationId: 'north', quantity: 2 },
        ],
      },
      { lineId: 'b', quantity: 1, weightGrams: 50, parts: [{ locationId: 'north', quantity: 1 }] },
    ];
    expect(parcelsOf(lines)).toEqual([
      { weightGrams: 300, lines: [{ lineId: 'a', quantity: 1 }] },
      {
        weightGrams: 650,
        lines: [
          { lineId: 'a', quantity: 2 },
          { lineId: 'b', quantity: 1 },
        ],
      },
    ]);
  });

  it('is one parcel with the weight of all units', () => {
    expect(
      parcelsOf([
        { lineId: 'a', quantity: 2, weightGrams: 300 },
        { lineId: 'b', quantity: 1, weightGrams: 50 },
      ]),
    ).toEqual([
      {
        weightGrams: 650,
        lines: [
          { lineId: 'a', quantity: 2 },
          { lineId: 'b', quantity: 1 },
        ],
      },
    ]);
  });
});
