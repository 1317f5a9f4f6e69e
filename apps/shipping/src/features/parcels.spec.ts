import { newUuid, toPublicId } from '@tandem/host';
import { createSpecDatabase, deliver, plan, type SpecDatabase } from '@tandem/host/testing';
import { done, ignored, poison, Unavailable } from '@tandem/messaging';
import { PgShipments } from '../adapters/pg-shipments.js';
import type { Carrier, Drafts, LabelAnswer, LabelOrder } from '../domain/carrier.js';
import type { Movement, ParcelPlan } from '../domain/shipment.js';
import { AskCarrier } from './ask-carrier.js';
import { BuyLabel } from './buy-label.js';
import { PrintLabel } from './print-label.js';
import { StopShipment } from './stop-shipment.js';
import { TrackParcel } from './track-parcel.js';
import { VoidLabel } from './void-label.js';

const now = new Date('2026-01-02T03:04:05.000Z');
const at = now;
const quiet = { warn: () => undefined, error: () => undefined };

/** A carrier without idempotency keys, which sells a label for each parcel: begun first, kept, then bought once. */
class PieceCarrier implements Carrier {
  readonly name = 'piece';
  readonly labelsEach = 'parcel';
  /** Labels that were paid, by what was begun. */
  readonly sold: string[] = [];
  readonly voided: string[] = [];
  readonly left = new Set<string>();
  readonly arrivals: (string | undefined)[] = [];
  /** Dies before that many purchases are through. */
  lives = Infinity;
  /** Takes no parcel that is heavier, grams. */
  strength = Infinity;
  async buyLabel({ key, parcels }: LabelOrder, { kept, keep }: Drafts): Promise<LabelAnswer> {
    if (parcels.length !== 1) throw new Error(`asked for a label of ${parcels.length} parcels`);
    if (parcels.some(({ weightGrams }) => weightGrams > this.strength)) return { kind: 'refused', because: 'too-heavy' };
    const begun = kept ?? (await keep(`${key} #${newUuid().slice(-4)}`));
    if (!this.sold.includes(begun)) this.sold.push(begun);
    if (this.sold.length > this.lives) throw new Error('died');
    const estimatedDelivery = this.arrivals.shift();
    return { kind: 'bought', labelId: begun, trackingCode: `T ${key}`, ...(estimatedDelivery === undefined ? {} : { estimatedDelivery }) };
  }
  track: Carrier['track'] = ({ trackingCode }) => Promise.resolve(trackingCode.endsWith('/2') ? 'delivered' : 'in-transit');
  labelDocument: Carrier['labelDocument'] = (labelId) => Promise.resolve({ kind: 'document', pdf: Buffer.from(labelId) });
  voidLabel: Carrier['voidLabel'] = (labelId) => {
    if (this.left.has(labelId)) return Promise.resolve('dispatched');
    this.voided.push(labelId);
    return Promise.resolve('voided');
  };
}

describe('the parcels of an order', () => {
  let db: SpecDatabase;
  let shipments: PgShipments;
  let carrier: PieceCarrier;
  let buying: BuyLabel;
  let voiding: VoidLabel;
  let tracking: TrackParcel;

  beforeAll(async () => {
    db = await createSpecDatabase('shipping');
    shipments = new PgShipments(db.database);
  });
  beforeEach(() => {
    carrier = new PieceCarrier();
    buying = new BuyLabel(shipments, carrier, db.outbox, () => now);
    voiding = new VoidLabel(shipments, carrier, db.outbox, () => now);
    tracking = new TrackParcel(db.database, shipments, db.outbox);
  });
  afterAll(() => db.drop());

  const parcels: readonly ParcelPlan[] = [
    { weightGrams: 500, lines: [{ lineId: 'line_a', quantity: 1 }] },
    { weightGrams: 700, lines: [{ lineId: 'line_b', quantity: 2 }] },
  ];
  const anOrder = () => {
    const orderId = newUuid();
    return { orderId, ownerId: newUuid(), service: 'standard', shippingAddress: { line1: 'Example Street 1', country: 'DE' }, parcels };
  };
  type Order = ReturnType<typeof anOrder>;
  const publicId = ({ orderId }: Order) => toPublicId('order', orderId);
  const confirm = (order: Order) => deliver(db.database, (tx) => buying.run(tx, order));
  const cancel = ({ orderId }: Order) => deliver(db.database, (tx) => voiding.run(tx, orderId));
  const shipmentOf = async ({ orderId }: Order) => {
    const [shipment] = await shipments.ofOrder(orderId);
    if (!shipment) throw new Error('there is no shipment');
    return shipment;
  };
  const seen = async (order: Order) => {
    const { status, labels, history } = await shipmentOf(order);
    return [status, labels.map((label) => label.status), history.map((entry) => entry.status)];
  };
  const report = async (order: Order, parcel: 1 | 2, status: Movement) => {
    const { labelId, trackingCode } = (await shipmentOf(order)).labels[parcel - 1] ?? { labelId: 'none', trackingCode: 'none' };
    return (await tracking.run({ webhookId: newUuid(), carrier: 'piece', labelId, trackingCode, status, at })).kind;
  };
  const told = async (order: Order) =>
    (await db.events(publicId(order))).map(({ type, data }) => [type.split('.')[1], data['trackingCode'], data['isLast']]);

  it('have a label and a tracking code each, where the carrier sells them so; whichever code is asked for, all are shown', async () => {
    const order = anOrder();
    expect(await confirm(order)).toEqual(done);
    const { id, labels } = await shipmentOf(order);
    const codes = [`T ${publicId(order)}`, `T ${publicId(order)}/2`];
    expect(labels.map(({ trackingCode }) => trackingCode)).toEqual(codes);
    for (const code of codes) expect((await shipments.byTrackingCode(code))?.id).toBe(id);
    expect((await db.events(publicId(order))).map(({ data }) => [data['trackingCode'], data['trackingCodes']])).toEqual([
      [codes[0], codes],
    ]);
    const printing = new PrintLabel(shipments, carrier);
    expect([await printing.run(id), await printing.run(id, 1), await printing.run(id, 2)]).toEqual([
      { kind: 'printed', pdf: Buffer.from(labels[0]?.labelId ?? '') },
      { kind: 'printed', pdf: Buffer.from(labels[1]?.labelId ?? '') },
      { kind: 'not-found' },
    ]);
  });

  it('have one label each when we died after the first, and after the second', async () => {
    const order = anOrder();
    for (const lives of [0, 1]) {
      carrier.lives = lives;
      await expect(confirm(order)).rejects.toThrow('died');
    }
    carrier.lives = Infinity;
    const planned = await plan(db.database, (tx) => buying.run(tx, order));
    if (planned.kind === 'act') await planned.act();
    expect([await confirm(order), await confirm(order)]).toEqual([done, ignored('label-bought-already')]);
    expect(carrier.sold).toHaveLength(2);
    expect((await shipmentOf(order)).labels.map(({ labelId }) => labelId)).toEqual(carrier.sold);
  });

  it('keep what was begun for each, the first of several begun at once', async () => {
    const order = anOrder();
    await plan(db.database, (tx) => buying.run(tx, order));
    const keep = (place: number, draft: string) => shipments.keepDraft(order.orderId, place, draft);
    const [one, other] = await Promise.all([keep(1, `a ${order.orderId}`), keep(1, `b ${order.orderId}`)]);
    expect([one === other, await keep(1, 'late'), await keep(0, `c ${order.orderId}`)]).toEqual([true, one, `c ${order.orderId}`]);
    const reportOf = (labelId: string) =>
      tracking.run({ webhookId: newUuid(), carrier: 'piece', labelId, trackingCode: 'any', status: 'in-transit', at });
    expect([await reportOf(one), await reportOf('late')]).toEqual([{ kind: 'unknown-parcel' }, { kind: 'not-ours' }]);
  });

  it('are poison together when the carrier will never take one of them; what was bought for the others goes back with the cancellation', async () => {
    const order = anOrder();
    carrier.strength = 600;
    expect([await confirm(order), await confirm(order)]).toEqual([poison('too-heavy'), poison('too-heavy')]);
    expect(carrier.sold).toHaveLength(1);
    expect(await cancel(order)).toEqual(ignored('shipment-planned'));
    expect(carrier.voided).toEqual(carrier.sold);
  });

  it('leave and arrive one by one: each is told of, and the last one makes the order shipped, and delivered', async () => {
    const order = anOrder();
    await confirm(order);
    const [first, second] = [`T ${publicId(order)}`, `T ${publicId(order)}/2`];
    expect([await report(order, 2, 'in-transit'), await seen(order)]).toEqual([
      'moved',
      ['created', ['created', 'in-transit'], ['created']],
    ]);
    await report(order, 1, 'in-transit');
    await report(order, 1, 'delivered');
    expect([await report(order, 1, 'in-transit'), await seen(order)]).toEqual([
      'unchanged',
      ['in-transit', ['delivered', 'in-transit'], ['created', 'in-transit']],
    ]);
    await report(order, 2, 'delivered');
    expect(await seen(order)).toEqual(['delivered', ['delivered', 'delivered'], ['created', 'in-transit', 'delivered']]);
    expect(await told(order)).toEqual([
      ['created', first, undefined],
      ['dispatched', second, false],
      ['dispatched', first, true],
      ['delivered', first, false],
      ['delivered', second, true],
    ]);
  });

  it('make the order shipped also when the last one arrives before anybody said that it had left', async () => {
    const order = anOrder();
    await confirm(order);
    await report(order, 1, 'in-transit');
    await report(order, 2, 'delivered');
    expect((await told(order)).slice(1).map(([type, , isLast]) => [type, isLast])).toEqual([
      ['dispatched', false],
      ['dispatched', true],
      ['delivered', false],
    ]);
  });

  it('that are lost or come back are told of each, and speak for the shipment', async () => {
    const order = anOrder();
    await confirm(order);
    await report(order, 1, 'lost');
    await report(order, 2, 'in-transit');
    expect(await seen(order)).toEqual(['lost', ['lost', 'in-transit'], ['created', 'lost']]);
    await report(order, 1, 'delivered');
    await report(order, 2, 'returned');
    expect(await seen(order)).toEqual(['returned', ['delivered', 'returned'], ['created', 'lost', 'returned']]);
    expect((await told(order)).slice(1).map(([type, code, isLast]) => [type, String(code).endsWith('/2') ? 2 : 1, isLast])).toEqual([
      ['lost', 1, undefined],
      ['dispatched', 2, true],
      ['delivered', 1, false],
      ['returned', 2, undefined],
    ]);
  });

  it('make the order shipped once, with the last that leaves, also when one goes astray before or after it, and delivered only when all have arrived', async () => {
    const after = async (...reports: readonly [1 | 2, Movement][]) => {
      const order = anOrder();
      await confirm(order);
      for (const [parcel, movement] of reports) await report(order, parcel, movement);
      return (await told(order))
        .slice(1)
        .map(([type, code, isLast]) => `${String(code).endsWith('/2') ? 2 : 1} ${type}${isLast ? ', the last' : ''}`);
    };
    expect(await after([1, 'in-transit'], [1, 'lost'], [2, 'in-transit'], [2, 'delivered'], [1, 'delivered'])).toEqual([
      '1 dispatched',
      '1 lost',
      '2 dispatched, the last',
      '2 delivered',
      '1 delivered, the last',
    ]);
    expect(await after([1, 'in-transit'], [1, 'returned'], [2, 'delivered'])).toEqual([
      '1 dispatched',
      '1 returned',
      '2 dispatched, the last',
      '2 delivered',
    ]);
    expect(await after([1, 'in-transit'], [2, 'lost'], [1, 'delivered'])).toEqual([
      '1 dispatched',
      '2 dispatched, the last',
      '2 lost',
      '1 delivered',
    ]);
    expect(await after([1, 'lost'], [2, 'lost'], [2, 'delivered'])).toEqual(['1 lost', '2 lost', '2 dispatched, the last', '2 delivered']);
  });

  it('all go back to the carrier when the order is cancelled before one has left, and none can be stopped after', async () => {
    const [whole, begun] = [anOrder(), anOrder()];
    await confirm(whole);
    await confirm(begun);
    await report(begun, 2, 'in-transit');
    carrier.track = () => Promise.resolve('created');
    const logger = { warn: () => undefined };
    const stopping = new StopShipment({ database: db.database, shipments, carrier, trackParcel: tracking, now: () => now, logger });
    expect([await stopping.run(whole.orderId), await stopping.run(begun.orderId)]).toEqual(['stopped', 'dispatched']);
    expect(await cancel(whole)).toEqual(done);
    expect(await seen(whole)).toEqual(['voided', ['voided', 'voided'], ['created', 'voided']]);
    expect([...new Set(carrier.voided)]).toEqual((await shipmentOf(whole)).labels.map(({ labelId }) => labelId));
  });

  it('go back as far as they have not left when the money does; the others go on, and are followed on', async () => {
    const order = anOrder();
    await confirm(order);
    const [first, second] = (await shipmentOf(order)).labels.map(({ labelId }) => labelId);
    carrier.left.add(second ?? '');
    expect(await deliver(db.database, (tx) => voiding.ofRefunded(tx, order.orderId))).toEqual(ignored('dispatched'));
    expect([carrier.voided, await seen(order)]).toEqual([[first], ['created', ['voided', 'created'], ['created']]]);
    expect([await report(order, 2, 'delivered'), await seen(order)]).toEqual([
      'moved',
      ['delivered', ['voided', 'delivered'], ['created', 'delivered']],
    ]);
  });

  it('go back also when the carrier has said before that another one left; that one goes on, news of it is taken in meanwhile, and asking again changes nothing', async () => {
    const order = anOrder();
    await confirm(order);
    await report(order, 1, 'in-transit');
    const second = (await shipmentOf(order)).labels[1]?.labelId ?? '';
    const refunded = () => deliver(db.database, (tx) => voiding.ofRefunded(tx, order.orderId));
    const voidOf = carrier.voidLabel;
    carrier.voidLabel = async (labelId) => {
      await report(order, 1, 'delivered');
      return voidOf(labelId);
    };
    expect([await refunded(), await refunded(), carrier.voided]).toEqual([ignored('dispatched'), ignored('dispatched'), [second]]);
    expect(await seen(order)).toEqual(['delivered', ['delivered', 'voided'], ['created', 'delivered']]);
    const code = `T ${publicId(order)}`;
    expect((await told(order)).slice(1)).toEqual([
      ['dispatched', code, false],
      ['delivered', code, false],
      ['delivered', code, true],
    ]);
    expect(await new PrintLabel(shipments, carrier).run((await shipmentOf(order)).id, 1)).toEqual({ kind: 'label-voided' });
  });

  it('go back once when we died after their carrier had taken them, and not when they have left', async () => {
    const [died, gone] = [anOrder(), anOrder()];
    for (const order of [died, gone]) {
      await confirm(order);
      await report(order, 1, 'in-transit');
    }
    const planned = await plan(db.database, (tx) => voiding.ofRefunded(tx, died.orderId));
    if (planned.kind === 'act') await planned.act();
    carrier.left.add((await shipmentOf(gone)).labels[1]?.labelId ?? '');
    for (const order of [died, gone]) await deliver(db.database, (tx) => voiding.ofRefunded(tx, order.orderId));
    expect([await seen(died), await seen(gone)]).toEqual([
      ['in-transit', ['in-transit', 'voided'], ['created', 'in-transit']],
      ['created', ['in-transit', 'created'], ['created']],
    ]);
    expect([await report(gone, 2, 'in-transit'), (await told(died)).at(-1)?.[2], (await told(gone)).at(-1)?.[2]]).toEqual([
      'moved',
      true,
      true,
    ]);
  });

  it('are asked about each when nothing was heard of them for long', async () => {
    await db.pool.query('UPDATE shipment SET heard_at = now()');
    const order = anOrder();
    await confirm(order);
    await db.pool.query(`UPDATE shipment SET heard_at = now() - interval '7 hours' WHERE order_id = $1`, [order.orderId]);
    const asking = new AskCarrier({ shipments, carrier, trackParcel: tracking, now: () => now, logger: quiet });
    expect([await asking.run(), await seen(order)]).toEqual([2, ['in-transit', ['in-transit', 'delivered'], ['created', 'in-transit']]]);
  });

  it('are asked about each when another of the order cannot be, which is logged; none while the carrier is away', async () => {
    await db.pool.query('UPDATE shipment SET heard_at = now()');
    const order = anOrder();
    await confirm(order);
    const asked: unknown[] = [];
    const errors: unknown[] = [];
    const [strange, away] = [new Error('a strange answer'), new Unavailable('carrier')];
    const askWhile = async (fault: Error) => {
      await db.pool.query(`UPDATE shipment SET heard_at = now() - interval '7 hours' WHERE order_id = $1`, [order.orderId]);
      const track: Carrier['track'] = (label) => {
        asked.push(label.trackingCode);
        return label.trackingCode.endsWith('/2') ? carrier.track(label) : Promise.reject(fault);
      };
      const logger = { ...quiet, error: (facts: object) => void errors.push(facts) } as never;
      return new AskCarrier({ shipments, carrier: { name: carrier.name, track }, trackParcel: tracking, now: () => now, logger }).run();
    };
    const [one, two] = [`T ${publicId(order)}`, `T ${publicId(order)}/2`];
    await expect(askWhile(away)).rejects.toBe(away);
    expect([asked, errors]).toEqual([[one], []]);
    expect([await askWhile(strange), (await shipmentOf(order)).labels.map(({ status }) => status)]).toEqual([1, ['created', 'delivered']]);
    expect([asked, errors]).toEqual([[one, one, two], [{ err: strange, trackingCode: one }]]);
  });

  it('are asked about beside one that is lost, and not when all have come to an end', async () => {
    await db.pool.query('UPDATE shipment SET heard_at = now()');
    const order = anOrder();
    await confirm(order);
    await report(order, 1, 'lost');
    const asking = new AskCarrier({ shipments, carrier, trackParcel: tracking, now: () => now, logger: quiet });
    const askLater = async () => {
      await db.pool.query(`UPDATE shipment SET heard_at = now() - interval '7 hours' WHERE order_id = $1`, [order.orderId]);
      return [await asking.run(), (await shipmentOf(order)).labels.map(({ status }) => status)];
    };
    expect([await askLater(), await askLater()]).toEqual([
      [1, ['lost', 'delivered']],
      [0, ['lost', 'delivered']],
    ]);
  });

  it('are not looked through for ever once all have come to an end', async () => {
    const order = anOrder();
    await confirm(order);
    await report(order, 1, 'lost');
    await report(order, 2, 'delivered');
    await db.pool.query(`UPDATE shipment SET heard_at = now() - interval '7 hours' WHERE order_id = $1`, [order.orderId]);
    expect(await shipments.takeSilent('piece', 21_600_000)).toBeUndefined();
    const client = await db.pool.connect(); // the one that has prepared the statement
    try {
      // Planned anew, and with what reads so few rows through switched off: the plan at hand is another once autovacuum has analysed the table.
      await client.query(
        'BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off; DISCARD PLANS',
      );
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ANALYZE EXECUTE shipping_take_silent (21600000, 'piece')`);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toContain('shipment_silent_parcel_idx');
      expect(plan).not.toContain('Rows Removed by Filter');
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });

  it('should arrive on the day their carrier names, the last of several, or after the days of their option', async () => {
    const [named, half, usual] = [anOrder(), anOrder(), anOrder()];
    carrier.arrivals.push('2026-01-09', '2026-01-08', '2026-01-03', undefined);
    for (const order of [named, half, usual]) await confirm(order);
    expect(await Promise.all([named, half, usual].map(async (order) => (await shipmentOf(order)).estimatedDelivery))).toEqual([
      '2026-01-09',
      '2026-01-05',
      '2026-01-05',
    ]);
    expect((await db.events(publicId(named))).map(({ data }) => data['estimatedDelivery'])).toEqual(['2026-01-09']);
  });

  it('should arrive on no day that nobody knows: of a service without an option, unless their carrier names a day for each', async () => {
    const [unknown, half, named] = [anOrder(), anOrder(), anOrder()].map((order) => ({ ...order, service: 'economy' }));
    if (!unknown || !half || !named) throw new Error('there are three');
    carrier.arrivals.push(undefined, undefined, '2026-01-08', undefined, '2026-01-08', '2026-01-09');
    for (const order of [unknown, half, named]) await confirm(order);
    const days = async (order: Order) => [
      (await shipmentOf(order)).estimatedDelivery,
      ...(await db.events(publicId(order))).map(({ data }) => data['estimatedDelivery']),
    ];
    expect([await days(unknown), await days(half), await days(named)]).toEqual([
      [null, undefined],
      [null, undefined],
      ['2026-01-09', '2026-01-09'],
    ]);
  });
});
