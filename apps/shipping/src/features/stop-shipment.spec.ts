import { newUuid, toPublicId } from '@tandem/host';
import { createSpecDatabase, deliver, type SpecDatabase } from '@tandem/host/testing';
import { Unavailable } from '@tandem/messaging';
import { PgShipments } from '../adapters/pg-shipments.js';
import type { Carrier, LabelAnswer, LabelOrder, Whereabouts } from '../domain/carrier.js';
import { BuyLabel } from './buy-label.js';
import { StopShipment } from './stop-shipment.js';
import { TrackParcel } from './track-parcel.js';

const now = new Date('2026-01-02T03:04:05.000Z');

/** A carrier that sells a label for each parcel, and has told nobody yet what it picked up. */
class DepotCarrier implements Carrier {
  readonly name = 'depot';
  readonly labelsEach = 'parcel';
  readonly where = new Map<string, Whereabouts>();
  readonly voided: string[] = [];
  buyLabel({ key }: LabelOrder): Promise<LabelAnswer> {
    this.where.set(key, 'created');
    return Promise.resolve({ kind: 'bought', labelId: key, trackingCode: `T ${key}` });
  }
  track: Carrier['track'] = ({ labelId }) => Promise.resolve(this.where.get(labelId) ?? 'unknown');
  labelDocument: Carrier['labelDocument'] = () => Promise.resolve({ kind: 'none' });
  voidLabel: Carrier['voidLabel'] = (labelId) => {
    if (this.where.get(labelId) !== 'created') return Promise.resolve('dispatched');
    this.voided.push(labelId);
    return Promise.resolve('voided');
  };
}

describe('stopping a shipment', () => {
  let db: SpecDatabase;
  let shipments: PgShipments;
  let carrier: DepotCarrier;
  let tracking: TrackParcel;
  let stopping: StopShipment;
  let warnings: object[];

  beforeAll(async () => {
    db = await createSpecDatabase('shipping');
    shipments = new PgShipments(db.database);
    tracking = new TrackParcel(db.database, shipments, db.outbox);
  });
  beforeEach(() => {
    carrier = new DepotCarrier();
    warnings = [];
    stopping = new StopShipment({
      database: db.database,
      shipments,
      carrier,
      trackParcel: tracking,
      now: () => now,
      logger: { warn: (facts: object) => void warnings.push(facts) },
    });
  });
  afterAll(() => db.drop());

  /** Bought labels, of as many parcels. */
  const anOrder = async (parcels: number) => {
    const orderId = newUuid();
    const buying = new BuyLabel(shipments, carrier, db.outbox, () => now);
    const plans = Array.from({ length: parcels }, (_, place) => ({ weightGrams: 500, lines: [{ lineId: `line_${place}`, quantity: 1 }] }));
    await deliver(db.database, (tx) =>
      buying.run(tx, { orderId, ownerId: newUuid(), service: 'standard', shippingAddress: {}, parcels: plans }),
    );
    const labelIds = ((await shipments.ofOrder(orderId))[0]?.labels ?? []).map(({ labelId }) => labelId);
    return { orderId, labelIds };
  };
  type Order = Awaited<ReturnType<typeof anOrder>>;
  const statusesOf = async ({ orderId }: Order) => (await shipments.ofOrder(orderId)).flatMap(({ labels }) => labels.map((l) => l.status));
  const dispatchesOf = async ({ orderId }: Order) =>
    (await db.events(toPublicId('order', orderId))).filter(({ type }) => type === 'shipment.dispatched.v1').length;

  it.each<[string, readonly Whereabouts[], readonly string[]]>([
    ['the second', ['created', 'in-transit'], ['created', 'in-transit']],
    ['the first', ['in-transit', 'created'], ['in-transit', 'created']],
    ['both', ['in-transit', 'delivered'], ['in-transit', 'delivered']],
  ])('of two parcels is too late when %s has left, and no label goes back', async (_which, where, after) => {
    const order = await anOrder(2);
    for (const [place, status] of where.entries()) carrier.where.set(order.labelIds[place] ?? '', status);
    expect([await stopping.run(order.orderId), await stopping.run(order.orderId)]).toEqual(['dispatched', 'dispatched']);
    expect([carrier.voided, await statusesOf(order), await dispatchesOf(order)]).toEqual([
      [],
      after,
      where.filter((status) => status !== 'created').length,
    ]);
  });

  it('takes all labels back when none has left', async () => {
    const order = await anOrder(2);
    expect([await stopping.run(order.orderId), carrier.voided]).toEqual(['stopped', order.labelIds]);
  });

  it('is too late also when a parcel leaves while the labels go back', async () => {
    const order = await anOrder(2);
    const voidOf = carrier.voidLabel;
    carrier.voidLabel = (labelId) => {
      carrier.where.set(order.labelIds[1] ?? '', 'in-transit');
      return voidOf(labelId);
    };
    expect([await stopping.run(order.orderId), await statusesOf(order)]).toEqual(['dispatched', ['created', 'in-transit']]);
  });

  it('is too late when one has left and the carrier cannot say where the other is', async () => {
    const order = await anOrder(2);
    const trackOf = carrier.track;
    carrier.where.set(order.labelIds[1] ?? '', 'in-transit');
    carrier.track = (label) => (label.labelId === order.labelIds[0] ? Promise.reject(new Unavailable('carrier')) : trackOf(label));
    expect([await stopping.run(order.orderId), carrier.voided]).toEqual(['dispatched', []]);
    expect(warnings).toEqual([{ err: expect.any(AggregateError) as unknown, orderId: order.orderId }]);
  });
});
