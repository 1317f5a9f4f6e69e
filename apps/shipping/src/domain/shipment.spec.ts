import fc from 'fast-check';
import { move, type Movement, type ParcelLabel, parcelsOf, statusOf, stop } from './shipment.js';

describe('a shipment', () => {
  const label = (status: ParcelLabel['status'], n = 1): ParcelLabel => ({ labelId: `lbl-${n}`, trackingCode: `T${n}`, status });
  const one = (status: ParcelLabel['status'], isStopped = false) => ({ status, isStopped, labels: [label(status)] });
  const two = (first: ParcelLabel['status'], second: ParcelLabel['status'], status = statusOf([label(first), label(second)])) => ({
    status,
    isStopped: false,
    labels: [label(first, 1), label(second, 2)],
  });
  /** What a report of the label with that code makes of the shipment. */
  const after = (shipment: Parameters<typeof move>[0], movement: Movement, n = 1) => {
    const moving = move(shipment, { movement, trackingCode: `T${n}` });
    return moving.kind === 'moved' ? [moving.status, ...moving.labels.map(({ status }) => status)] : moving.because;
  };

  it('moves forward only: a late report changes nothing, and delivered may follow straight from created', () => {
    expect(move(one('created'), { movement: 'delivered', trackingCode: 'T1' })).toEqual({
      kind: 'moved',
      label: label('delivered'),
      labels: [label('delivered')],
      status: 'delivered',
    });
    expect([after(one('delivered'), 'in-transit'), after(one('in-transit'), 'in-transit')]).toEqual(['late', 'late']);
  });

  it('that comes back stays so, whatever comes late, and may come back from anywhere', () => {
    expect((['created', 'in-transit', 'lost', 'delivered'] as const).map((status) => after(one(status), 'returned'))).toEqual(
      Array(4).fill(['returned', 'returned']),
    );
    expect((['in-transit', 'lost', 'delivered', 'returned'] as const).map((movement) => after(one('returned'), movement))).toEqual(
      Array(4).fill('late'),
    );
  });

  it('does not move once it was stopped', () => {
    expect(after(one('created', true), 'in-transit')).toBe('stopped');
  });

  it('of several parcels is on its way when all have left, and delivered when all are', () => {
    expect([
      after(two('created', 'created'), 'in-transit', 2),
      after(two('created', 'in-transit'), 'in-transit', 1),
      after(two('in-transit', 'in-transit'), 'delivered', 1),
      after(two('delivered', 'created'), 'in-transit', 2),
      after(two('delivered', 'in-transit'), 'delivered', 2),
    ]).toEqual([
      ['created', 'created', 'in-transit'],
      ['in-transit', 'in-transit', 'in-transit'],
      ['in-transit', 'delivered', 'in-transit'],
      ['in-transit', 'delivered', 'in-transit'],
      ['delivered', 'delivered', 'delivered'],
    ]);
  });

  it('of several parcels is lost, or comes back, when one does; one that is found waits for the others', () => {
    expect([
      after(two('in-transit', 'created'), 'lost', 1),
      after(two('lost', 'created'), 'in-transit', 2),
      after(two('lost', 'in-transit'), 'delivered', 1),
      after(two('delivered', 'in-transit', 'lost'), 'delivered', 2),
      after(two('lost', 'in-transit'), 'returned', 2),
      after(two('returned', 'in-transit'), 'delivered', 2),
    ]).toEqual([
      ['lost', 'lost', 'created'],
      ['lost', 'lost', 'in-transit'],
      ['lost', 'delivered', 'in-transit'],
      ['delivered', 'delivered', 'delivered'],
      ['returned', 'lost', 'returned'],
      ['returned', 'returned', 'delivered'],
    ]);
  });

  it('goes where its parcels go, whatever the order in which they are told of', () => {
    const movements = fc.array(
      fc.record({ n: fc.constantFrom(1, 2, 3), movement: fc.constantFrom<Movement>('in-transit', 'delivered', 'lost', 'returned') }),
    );
    const labels = [1, 2, 3].map((n) => label('created', n));
    fc.assert(
      fc.property(movements, (told) => {
        const end = told.reduce<Parameters<typeof move>[0]>(
          (shipment, { n, movement }) => {
            const moving = move(shipment, { movement, trackingCode: 'any', labelId: `lbl-${n}` });
            return moving.kind === 'moved' ? { ...shipment, ...moving } : shipment;
          },
          { status: 'created', isStopped: false, labels },
        );
        if (end.status !== 'lost') expect(end.status).toBe(statusOf(end.labels));
        else expect(end.labels.some(({ status }) => status === 'returned')).toBe(false);
      }),
    );
  });

  it('can be stopped until the carrier has one of its parcels', () => {
    const labels: ParcelLabel[] = [];
    expect(
      (['planned', 'created', 'in-transit', 'delivered', 'lost', 'returned', 'voided'] as const).map((status) => stop({ status, labels })),
    ).toEqual(['stopped', 'stopped', 'dispatched', 'dispatched', 'dispatched', 'dispatched', 'stopped']);
    expect([stop(two('created', 'created')), stop(two('created', 'in-transit')), stop(two('created', 'voided'))]).toEqual([
      'stopped',
      'dispatched',
      'stopped',
    ]);
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
