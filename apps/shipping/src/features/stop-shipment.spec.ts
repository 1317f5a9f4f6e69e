import { setImmediate } from 'node:timers/promises';
import { newUuid, toPublicId } from '@tandem/host';
import { createSpecDatabase, deliver, type SpecDatabase } from '@tandem/host/testing';
import { Unavailable } from '@tandem/messaging';
import { PgShipments } from '../adapters/pg-shipments.js';
import type { Carrier, LabelAnswer, LabelOrder, Whereabouts } from '../domain/carrier.js';
import { AskCarrier, silentMs } from './ask-carrier.js';
import { BuyLabel } from './buy-label.js';
import { type StopParts, StopShipment } from './stop-shipment.js';
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

function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
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
    stopping = stoppingWith({});
  });
  afterAll(() => db.drop());

  const stoppingWith = (parts: Partial<StopParts>) =>
    new StopShipment({
      database: db.database,
      shipments,
      carrier,
      trackParcel: tracking,
      now: () => now,
      logger: { warn: (facts: object) => void warnings.push(facts) },
      ...parts,
    });
  /** A carrier that has been asked to take a label back, and answers when it is told to. */
  const slowCarrier = () => {
    const [asked, answered] = [gate(), gate()];
    const voidLabel: Carrier['voidLabel'] = async (labelId) => {
      asked.open();
      await answered.opened;
      return carrier.voidLabel(labelId);
    };
    return {
      carrier: { name: carrier.name, voidLabel, track: carrier.track },
      asked: asked.opened,
      answer: answered.open,
    };
  };

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
  ])('of two parcels is too late when %s left, and no label goes back', async (_which, where, after) => {
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
    expect([await stopping.run(order.orderId), carrier.voided, warnings]).toEqual(['stopped', order.labelIds, []]);
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

  it('twice at once is too late for both, and the parcel is told of once, when one takes its stop back before the other stops', async () => {
    const order = await anOrder(1);
    carrier.where.set(order.labelIds[0] ?? '', 'in-transit');
    const slow = slowCarrier();
    const late = stoppingWith({ carrier: slow.carrier });
    const ends: Promise<string>[] = [];
    const early = stoppingWith({
      trackParcel: {
        run: async (report) => {
          ends.push(late.run(order.orderId));
          await slow.asked;
          return tracking.run(report);
        },
      },
    });
    ends.unshift(early.run(order.orderId));
    await slow.asked;
    await ends[0];
    slow.answer();
    expect([await Promise.all(ends), await statusesOf(order), await dispatchesOf(order)]).toEqual([
      ['dispatched', 'dispatched'],
      ['in-transit'],
      1,
    ]);
  });

  it('is too late, and the parcel is told of, also when the carrier was asked about it meanwhile, and its answer was let go by', async () => {
    const order = await anOrder(1);
    carrier.where.set(order.labelIds[0] ?? '', 'in-transit');
    await db.pool.query(`UPDATE shipment SET heard_at = now() - CASE WHEN order_id = $1 THEN $2 * interval '2 ms' ELSE '0' END`, [
      order.orderId,
      silentMs,
    ]);
    const slow = slowCarrier();
    const ends: Promise<string>[] = [];
    const track: Carrier['track'] = async (label) => {
      ends.push(stoppingWith({ carrier: slow.carrier }).run(order.orderId));
      await slow.asked;
      return carrier.track(label);
    };
    const logger = { warn: () => undefined, error: () => undefined };
    const asking = new AskCarrier({ shipments, carrier: { name: carrier.name, track }, trackParcel: tracking, now: () => now, logger });
    expect(await asking.run()).toBe(0);
    slow.answer();
    expect([await Promise.all(ends), await statusesOf(order), await dispatchesOf(order)]).toEqual([['dispatched'], ['in-transit'], 1]);
  });

  it.each<[string, Whereabouts]>([
    ['it takes a label back', 'created'],
    ['that one has left', 'in-transit'],
  ])('does not wait for a slow carrier: that is logged, and nothing more is asked once it says %s', async (_what, where) => {
    const order = await anOrder(2);
    const slow = slowCarrier();
    expect(await stoppingWith({ carrier: slow.carrier }).run(order.orderId)).toBe('stopped');
    expect(warnings).toEqual([{ orderId: order.orderId }]);
    carrier.where.set(order.labelIds[0] ?? '', where);
    let questions = 0;
    slow.carrier.track = () => {
      questions += 1;
      return Promise.resolve('created');
    };
    slow.answer();
    await setImmediate();
    expect([carrier.voided, questions]).toEqual([where === 'created' ? order.labelIds.slice(0, 1) : [], 0]);
  });

  it('takes no label back when the carrier says too late that none has left', async () => {
    const order = await anOrder(2);
    const answered = gate();
    const track: Carrier['track'] = async (label) => {
      await answered.opened;
      return carrier.track(label);
    };
    const { name, voidLabel } = carrier;
    expect(await stoppingWith({ carrier: { name, voidLabel, track } }).run(order.orderId)).toBe('stopped');
    answered.open();
    await setImmediate();
    expect([carrier.voided, warnings]).toEqual([[], [{ orderId: order.orderId }]]);
  });
});
