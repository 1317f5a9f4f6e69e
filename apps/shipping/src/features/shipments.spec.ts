import type { OrderRefundedV1 } from '@tandem/contracts';
import { newUuid, toPublicId } from '@tandem/host';
import { createSpecDatabase, deliver, plan, settle, type SpecDatabase } from '@tandem/host/testing';
import { done, ignored, poison, Unavailable } from '@tandem/messaging';
import { pgAuditFacts } from '../adapters/pg-audit-facts.js';
import { PgShipments } from '../adapters/pg-shipments.js';
import type { Carrier, Label, LabelAnswer, LabelDocument, LabelOrder, Whereabouts } from '../domain/carrier.js';
import { labelOf } from '../domain/shipment.js';
import { AskCarrier } from './ask-carrier.js';
import { BuyLabel } from './buy-label.js';
import { PrintLabel } from './print-label.js';
import { StopShipment } from './stop-shipment.js';
import { TrackParcel } from './track-parcel.js';
import { VoidLabelOnOrderEnded } from './void-label.consumer.js';
import { VoidLabel } from './void-label.js';

const now = new Date('2026-01-02T03:04:05.000Z');

/** A carrier that sells one label per key, and takes back what has not left. */
class ShelfCarrier implements Carrier {
  readonly name = 'shelf';
  labelsEach: Carrier['labelsEach'] = 'shipment';
  readonly labels = new Map<string, LabelAnswer>();
  readonly voided: string[] = [];
  readonly left = new Set<string>();
  buyLabel({ key, shippingAddress }: LabelOrder): Promise<LabelAnswer> {
    if ('undeliverable' in shippingAddress) return Promise.resolve({ kind: 'refused', because: 'undeliverable' });
    const label = this.labels.get(key) ?? { kind: 'bought', labelId: `lbl-${key}`, trackingCode: `T-${key}` };
    this.labels.set(key, label);
    return Promise.resolve(label);
  }
  readonly seen = new Map<string, Whereabouts>();
  track({ trackingCode }: Label): Promise<Whereabouts> {
    return Promise.resolve(this.seen.get(trackingCode) ?? 'unknown');
  }
  labelDocument(labelId: string): Promise<LabelDocument> {
    const sold = [...this.labels.values()].some((label) => label.kind === 'bought' && label.labelId === labelId);
    return Promise.resolve(sold ? { kind: 'document', pdf: Buffer.from(labelId) } : { kind: 'none' });
  }
  voidLabel(labelId: string): Promise<'voided' | 'dispatched'> {
    if (this.left.has(labelId)) return Promise.resolve('dispatched');
    this.voided.push(labelId);
    return Promise.resolve('voided');
  }
}

describe('shipments', () => {
  let db: SpecDatabase;
  let shipments: PgShipments;
  let carrier: ShelfCarrier;
  let buying: BuyLabel;
  let voiding: VoidLabel;
  let stopping: StopShipment;
  let tracking: TrackParcel;

  beforeAll(async () => {
    db = await createSpecDatabase('shipping');
    shipments = new PgShipments(db.database);
    carrier = new ShelfCarrier();
    buying = new BuyLabel(shipments, carrier, db.outbox, () => now);
    voiding = new VoidLabel(shipments, carrier, db.outbox, () => now);
    tracking = new TrackParcel(db.database, shipments, db.outbox);
    stopping = stoppingBy(carrier);
  });
  afterAll(() => db.drop());

  const parcels = [{ weightGrams: 500, lines: [{ lineId: 'line_a', quantity: 1 }] }];
  const stoppingBy = (asked: Pick<Carrier, 'name' | 'voidLabel' | 'track'>) =>
    new StopShipment({
      database: db.database,
      shipments,
      carrier: asked,
      trackParcel: tracking,
      now: () => now,
      logger: { warn: () => undefined },
    });
  const anOrder = (shippingAddress: object = { line1: 'Example Street 1' }) => ({
    orderId: newUuid(),
    ownerId: newUuid(),
    service: 'standard',
    shippingAddress,
    parcels,
  });
  type Order = ReturnType<typeof anOrder>;
  const confirm = (order: Order) => deliver(db.database, (tx) => buying.run(tx, order));
  const cancel = ({ orderId }: Order) => deliver(db.database, (tx) => voiding.run(tx, orderId));
  const refund = (order: Order, isFull = true) =>
    deliver(db.database, (tx) =>
      new VoidLabelOnOrderEnded(voiding).handleRefunded({ orderId: publicId(order), isFull } as unknown as OrderRefundedV1, tx),
    );
  const publicId = ({ orderId }: Order) => toPublicId('order', orderId);
  const trackingCodeOf = (order: Order) => `T-${publicId(order)}`;
  const report = (order: Order, status: 'in-transit' | 'delivered' | 'lost' | 'returned', webhookId = newUuid()) =>
    tracking.run({ webhookId, carrier: 'shelf', trackingCode: trackingCodeOf(order), status, at: now });
  const reportOf = (labelId: string, trackingCode = 'T-any') =>
    tracking.run({ webhookId: newUuid(), carrier: 'shelf', labelId, trackingCode, status: 'in-transit', at: now });
  const typesOf = async (order: Order) => (await db.events(publicId(order))).map(({ type }) => type);
  const seen = async (order: Order) =>
    (await shipments.ofOrder(order.orderId)).map(({ status, history }) => ({ status, history: history.map((entry) => entry.status) }));

  it('get a label when the order is confirmed, and are told of', async () => {
    const order = anOrder();
    expect(await confirm(order)).toEqual(done);
    const [shipment] = await shipments.ofOrder(order.orderId);
    expect(shipment).toEqual({
      id: shipment?.id,
      orderId: order.orderId,
      ownerId: order.ownerId,
      status: 'created',
      carrier: 'shelf',
      labels: [{ labelId: `lbl-${publicId(order)}`, trackingCode: trackingCodeOf(order), status: 'created' }],
      drafts: [null],
      parcels,
      estimatedDelivery: '2026-01-05',
      isStopped: false,
      history: [{ status: 'created', at: now }],
    });
    expect((await db.events(publicId(order))).map(({ type, data }) => [type, data['trackingCode']])).toEqual([
      ['shipment.created.v1', trackingCodeOf(order)],
    ]);
  });

  it('have a label to print while it is theirs: not before it is drawn, not once it is voided, not at another carrier', async () => {
    const [order, early, gone] = [anOrder(), anOrder(), anOrder()];
    for (const each of [order, early, gone]) await confirm(each);
    carrier.labels.delete(publicId(early));
    await cancel(gone);
    const idOf = async (each: Order) => (await shipments.ofOrder(each.orderId))[0]?.id ?? 'none';
    const printing = new PrintLabel(shipments, carrier);
    expect([
      await printing.run(await idOf(order)),
      await printing.run(await idOf(early)),
      await printing.run(await idOf(gone)),
      await printing.run(newUuid()),
    ]).toEqual([
      { kind: 'printed', pdf: Buffer.from(`lbl-${publicId(order)}`) },
      { kind: 'label-not-ready' },
      { kind: 'label-voided' },
      { kind: 'not-found' },
    ]);
    expect(
      await new PrintLabel(shipments, { name: 'new', labelDocument: () => Promise.reject(new Error('asked')) }).run(await idOf(order)),
    ).toEqual({ kind: 'not-found' });
  });

  it('of several parcels have one label for all of them where their carrier sells one, and its code moves them all', async () => {
    const order = { ...anOrder(), parcels: [...parcels, { weightGrams: 700, lines: [{ lineId: 'line_b', quantity: 2 }] }] };
    await confirm(order);
    const [shipment] = await shipments.ofOrder(order.orderId);
    if (!shipment) throw new Error('there is no shipment');
    const label = { labelId: `lbl-${publicId(order)}`, trackingCode: trackingCodeOf(order), status: 'created' };
    expect([labelOf(shipment, 0), labelOf(shipment, 1), labelOf(shipment, 2)]).toEqual([label, label, undefined]);
    await report(order, 'in-transit');
    await report(order, 'delivered');
    expect((await db.events(publicId(order))).map(({ type, data }) => [type, data['isLast'] ?? data['parcels']])).toEqual([
      ['shipment.created.v1', 2],
      ['shipment.dispatched.v1', true],
      ['shipment.delivered.v1', true],
    ]);
  });

  it("have one label when we died between the carrier's yes and our note of it", async () => {
    const order = anOrder();
    const planned = await plan(db.database, (tx) => buying.run(tx, order));
    if (planned.kind === 'act') await planned.act();
    expect(await seen(order)).toEqual([]);
    expect([await confirm(order), await confirm(order)]).toEqual([done, ignored('label-bought-already')]);
    expect(await typesOf(order)).toEqual(['shipment.created.v1']);
    expect([...carrier.labels.keys()].filter((key) => key === publicId(order))).toHaveLength(1);
  });

  it('are poison when the carrier will never take them; that is remembered, a replay is poison again, and a cancellation is free', async () => {
    const order = anOrder({ undeliverable: true });
    expect([await confirm(order), await confirm(order)]).toEqual([poison('undeliverable'), poison('undeliverable')]);
    const facts = (await pgAuditFacts(db.database).page('', 1_000)).facts.filter(({ subject }) => subject === publicId(order));
    expect(facts.map(({ detail }) => detail)).toEqual(['refused']);
    expect(await stopping.run(order.orderId)).toBe('stopped');
    expect(await cancel(order)).toEqual(ignored('shipment-planned'));
    expect(await typesOf(order)).toEqual([]);
  });

  it('keep what was begun at their carrier, the first of several begun at once, and give it back to who asks again', async () => {
    const order = anOrder();
    const seenDrafts: (string | null)[] = [];
    const beginning: Carrier = {
      name: 'shelf',
      labelsEach: 'shipment',
      track: () => Promise.resolve('unknown'),
      voidLabel: () => Promise.resolve('voided'),
      labelDocument: () => Promise.resolve({ kind: 'none' }),
      buyLabel: async (_, { kept, keep }) => {
        seenDrafts.push(kept, ...(await Promise.all([keep(`draft-${seenDrafts.length}`), keep('draft-late')])));
        throw new Error('died');
      },
    };
    const dying = new BuyLabel(shipments, beginning, db.outbox, () => now);
    for (let time = 0; time < 2; time += 1) await expect(deliver(db.database, (tx) => dying.run(tx, order))).rejects.toThrow('died');
    const [, first] = seenDrafts;
    expect(['draft-0', 'draft-late']).toContain(first);
    expect(seenDrafts).toEqual([null, first, first, first, first, first]);
  });

  it('have what was begun at their carrier taken back when they are stopped before its yes was heard: it may have been paid', async () => {
    const order = anOrder();
    await plan(db.database, (tx) => buying.run(tx, order));
    await shipments.keepDraft(order.orderId, 0, `draft-${publicId(order)}`);
    expect(await stopping.run(order.orderId)).toBe('stopped');
    expect([await confirm(order), await cancel(order)]).toEqual([ignored('stopped'), ignored('shipment-planned')]);
    expect(carrier.voided).toContain(`draft-${publicId(order)}`);
    expect(await typesOf(order)).toEqual([]);
  });

  it('can be stopped before their order is known: no label is bought then', async () => {
    const order = anOrder();
    expect([await stopping.run(order.orderId), await stopping.run(order.orderId)]).toEqual(['stopped', 'stopped']);
    expect(await confirm(order)).toEqual(ignored('stopped'));
    expect(carrier.labels.has(publicId(order))).toBe(false);
  });

  it('go back to the carrier when they are stopped while their label is bought', async () => {
    const order = anOrder();
    const planned = await plan(db.database, (tx) => buying.run(tx, order));
    if (planned.kind !== 'act') throw new Error('nothing was planned');
    expect(await stopping.run(order.orderId)).toBe('stopped');
    expect(await settle(db.database, planned, await planned.act())).toEqual(done);
    expect(await cancel(order)).toEqual(done);
    expect(carrier.voided).toContain(`lbl-${publicId(order)}`);
    expect(await seen(order)).toEqual([{ status: 'voided', history: ['created', 'voided'] }]);
    expect(await typesOf(order)).toEqual(['shipment.created.v1', 'shipment.voided.v1']);
    expect(await cancel(order)).toEqual(ignored('shipment-voided'));
  });

  it('have one winner when a stop and a dispatch race', async () => {
    const orders = Array.from({ length: 20 }, () => anOrder());
    await Promise.all(orders.map(confirm));
    const ends = await Promise.all(
      orders.map(async (order) => ({
        order,
        ends: await Promise.all([stopping.run(order.orderId), report(order, 'in-transit').then(({ kind }) => kind)]),
      })),
    );
    for (const {
      order,
      ends: [stopped, moved],
    } of ends) {
      expect([
        ['stopped', 'unchanged'],
        ['dispatched', 'moved'],
      ]).toContainEqual([stopped, moved]);
      expect((await seen(order))[0]?.status).toBe(stopped === 'stopped' ? 'created' : 'in-transit');
    }
  });

  it('move forward once per webhook, and once per step', async () => {
    const order = anOrder();
    await confirm(order);
    const webhookId = newUuid();
    const first = await Promise.all([report(order, 'in-transit', webhookId), report(order, 'in-transit', webhookId)]);
    expect(first.map(({ kind }) => kind).sort()).toEqual(['moved', 'repeated']);
    expect(
      [
        await report(order, 'in-transit'),
        await report(order, 'delivered'),
        await report(order, 'in-transit'),
        await report(order, 'lost'),
      ].map(({ kind }) => kind),
    ).toEqual(['unchanged', 'moved', 'unchanged', 'unchanged']);
    expect(await seen(order)).toEqual([{ status: 'delivered', history: ['created', 'in-transit', 'delivered'] }]);
    expect(await typesOf(order)).toEqual(['shipment.created.v1', 'shipment.dispatched.v1', 'shipment.delivered.v1']);
  });

  it('may be delivered straight from created, and found after they were lost', async () => {
    const [straight, found] = [anOrder(), anOrder()];
    await Promise.all([confirm(straight), confirm(found)]);
    await report(straight, 'delivered');
    await report(found, 'lost');
    await report(found, 'delivered');
    expect([await typesOf(straight), await typesOf(found)]).toEqual([
      ['shipment.created.v1', 'shipment.delivered.v1'],
      ['shipment.created.v1', 'shipment.lost.v1', 'shipment.delivered.v1'],
    ]);
  });

  it('that come back are told of once, from wherever they were; what comes late or again changes nothing', async () => {
    const [onTheWay, never, kept] = [anOrder(), anOrder(), anOrder()];
    await Promise.all([onTheWay, never, kept].map(confirm));
    for (const status of ['in-transit', 'returned', 'returned', 'delivered', 'lost'] as const) await report(onTheWay, status);
    for (const status of ['returned', 'in-transit'] as const) await report(never, status);
    for (const status of ['delivered', 'returned'] as const) await report(kept, status);
    expect([await typesOf(onTheWay), await typesOf(never), await typesOf(kept)]).toEqual([
      ['shipment.created.v1', 'shipment.dispatched.v1', 'shipment.returned.v1'],
      ['shipment.created.v1', 'shipment.returned.v1'],
      ['shipment.created.v1', 'shipment.delivered.v1', 'shipment.returned.v1'],
    ]);
    expect(await stopping.run(never.orderId)).toBe('dispatched');
  });

  it('that are not known are not remembered, so that the carrier tells again', async () => {
    const order = anOrder();
    const webhookId = newUuid();
    expect(await report(order, 'in-transit', webhookId)).toEqual({ kind: 'unknown-parcel' });
    await confirm(order);
    expect(await report(order, 'in-transit', webhookId)).toEqual({ kind: 'moved' });
  });

  it("are followed by their label: somebody else's is nothing to tell again, one that is bought this moment is", async () => {
    const order = anOrder();
    const labelId = `lbl-${publicId(order)}`;
    expect(await reportOf(labelId)).toEqual({ kind: 'not-ours' });
    const planned = await plan(db.database, (tx) => buying.run(tx, order));
    if (planned.kind !== 'act') throw new Error('nothing was planned');
    await shipments.keepDraft(order.orderId, 0, labelId);
    expect(await reportOf(labelId)).toEqual({ kind: 'unknown-parcel' });
    await settle(db.database, planned, await planned.act());
    expect([await reportOf(labelId, 'another code'), await reportOf('lbl-of another system', trackingCodeOf(order))]).toEqual([
      { kind: 'moved' },
      { kind: 'not-ours' },
    ]);
    expect(
      await tracking.run({
        webhookId: newUuid(),
        carrier: 'new',
        labelId,
        trackingCode: trackingCodeOf(order),
        status: 'delivered',
        at: now,
      }),
    ).toEqual({ kind: 'not-ours' });
  });

  it('may get a code that another had before: the label is kept, and news by the code alone are of the newest', async () => {
    const [old, young] = [anOrder(), anOrder()];
    await confirm(old);
    carrier.labels.set(publicId(young), { kind: 'bought', labelId: `lbl-${publicId(young)}`, trackingCode: trackingCodeOf(old) });
    expect(await confirm(young)).toEqual(done);
    expect((await shipments.byTrackingCode(trackingCodeOf(old)))?.orderId).toBe(young.orderId);
    expect(await report(old, 'delivered')).toEqual({ kind: 'moved' });
    expect(await reportOf(`lbl-${publicId(old)}`, trackingCodeOf(old))).toEqual({ kind: 'moved' });
    expect([await seen(old), await seen(young)]).toEqual([
      [{ status: 'in-transit', history: ['created', 'in-transit'] }],
      [{ status: 'delivered', history: ['created', 'delivered'] }],
    ]);
  });

  it('that the carrier has and did not say so are not stopped: they have left, as is told at once, and are followed on', async () => {
    const order = anOrder();
    await confirm(order);
    carrier.left.add(`lbl-${publicId(order)}`);
    carrier.seen.set(trackingCodeOf(order), 'in-transit');
    expect([await stopping.run(order.orderId), await stopping.run(order.orderId)]).toEqual(['dispatched', 'dispatched']);
    expect(await typesOf(order)).toEqual(['shipment.created.v1', 'shipment.dispatched.v1']);
    expect(await report(order, 'delivered')).toEqual({ kind: 'moved' });
  });

  it('go back to the carrier as soon as they are stopped, so that they cannot leave any more', async () => {
    const order = anOrder();
    await confirm(order);
    expect(await stopping.run(order.orderId)).toBe('stopped');
    expect(carrier.voided).toContain(`lbl-${publicId(order)}`);
    expect(await cancel(order)).toEqual(done);
    expect(await seen(order)).toEqual([{ status: 'voided', history: ['created', 'voided'] }]);
  });

  it.each<[string, Pick<Carrier, 'voidLabel' | 'track'>]>([
    ['is away', { voidLabel: () => Promise.reject(new Unavailable('carrier')), track: () => Promise.resolve('unknown') }],
    ['does not answer', { voidLabel: () => new Promise(() => undefined), track: () => Promise.resolve('unknown') }],
    ['knows no such label', { voidLabel: () => Promise.resolve('dispatched'), track: () => Promise.resolve('unknown') }],
  ])('are stopped as far as we know while the carrier %s', async (_how, asked) => {
    const order = anOrder();
    await confirm(order);
    expect(await stoppingBy({ name: 'shelf', ...asked }).run(order.orderId)).toBe('stopped');
    expect(await report(order, 'in-transit')).toEqual({ kind: 'unchanged' });
  });

  it('that left after they were stopped, while the carrier could not be asked, are not voided, though nothing moves them any more', async () => {
    const order = anOrder();
    await confirm(order);
    carrier.left.add(`lbl-${publicId(order)}`);
    expect(await stopping.run(order.orderId)).toBe('stopped');
    expect(await cancel(order)).toEqual(ignored('dispatched'));
    expect(await report(order, 'in-transit')).toEqual({ kind: 'unchanged' });
    expect(await seen(order)).toEqual([{ status: 'created', history: ['created'] }]);
  });

  it('go back to the carrier when all of the money does before they left, once; a part of it lets them leave', async () => {
    const order = anOrder();
    await confirm(order);
    expect(await refund(order, false)).toEqual(ignored('partly-refunded'));
    expect([await refund(order), await refund(order), await cancel(order)]).toEqual([
      done,
      ignored('shipment-voided'),
      ignored('shipment-voided'),
    ]);
    expect(carrier.voided.filter((id) => id === `lbl-${publicId(order)}`)).toHaveLength(1);
    expect([await seen(order), await typesOf(order)]).toEqual([
      [{ status: 'voided', history: ['created', 'voided'] }],
      ['shipment.created.v1', 'shipment.voided.v1'],
    ]);
  });

  it('go on, and are followed on, when all of the money goes back after they left, told of or not yet', async () => {
    const [told, untold] = [anOrder(), anOrder()];
    await Promise.all([confirm(told), confirm(untold)]);
    await report(told, 'in-transit');
    carrier.left.add(`lbl-${publicId(untold)}`);
    expect([await refund(told), await refund(untold)]).toEqual([ignored('dispatched'), ignored('dispatched')]);
    expect([await report(told, 'delivered'), await report(untold, 'in-transit')]).toEqual([{ kind: 'moved' }, { kind: 'moved' }]);
  });

  it('are asked about next when they had left all the same, as news of them was not taken in while they were stopped', async () => {
    await db.pool.query('UPDATE shipment SET heard_at = now()');
    const order = anOrder();
    await confirm(order);
    carrier.left.add(`lbl-${publicId(order)}`);
    await plan(db.database, (tx) => voiding.ofRefunded(tx, order.orderId));
    expect([await report(order, 'in-transit'), await refund(order)]).toEqual([{ kind: 'unchanged' }, ignored('dispatched')]);
    carrier.seen.set(trackingCodeOf(order), 'in-transit');
    const logger = { warn: () => undefined, error: () => undefined };
    expect(await new AskCarrier({ shipments, carrier, trackParcel: tracking, now: () => now, logger }).run()).toBe(1);
    expect(await seen(order)).toEqual([{ status: 'in-transit', history: ['created', 'in-transit'] }]);
  });

  it('have one winner when a refund and a dispatch race', async () => {
    const orders = Array.from({ length: 20 }, () => anOrder());
    await Promise.all(orders.map(confirm));
    const ends = await Promise.all(
      orders.map((order) => Promise.all([refund(order), report(order, 'in-transit').then(({ kind }) => kind)])),
    );
    for (const end of ends)
      expect([
        [done, 'unchanged'],
        [ignored('dispatched'), 'moved'],
      ]).toContainEqual(end);
  });

  it('forget webhooks of the day before, a few with each that comes', async () => {
    const order = anOrder();
    await confirm(order);
    await db.pool.query("INSERT INTO carrier_webhook SELECT 'old ' || n, now() - interval '25 hours' FROM generate_series(1, 12) n");
    await report(order, 'in-transit', 'msg_new');
    const left = async () =>
      (await db.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM carrier_webhook WHERE webhook_id LIKE 'old %'")).rows[0]?.n;
    expect(await left()).toBe(2);
    await report(order, 'delivered', 'msg_newer');
    expect([await left(), (await report(order, 'delivered', 'msg_new')).kind]).toEqual([0, 'repeated']);
  });

  it('are asked about when nothing was heard of them for long; the answer is a report like any other, and a webhook after it changes nothing', async () => {
    const warnings: unknown[] = [];
    const asking = new AskCarrier({
      shipments,
      carrier,
      trackParcel: tracking,
      now: () => now,
      logger: { warn: (facts: object) => void warnings.push(facts) } as never,
    });
    await db.pool.query('UPDATE shipment SET heard_at = now()');
    const [moved, gone, still, strange, heard] = [anOrder(), anOrder(), anOrder(), anOrder(), anOrder()];
    await Promise.all([moved, gone, still, strange, heard].map(confirm));
    const codeOf = (order: Order) => `T-${publicId(order)}`;
    for (const [order, status] of [
      [moved, 'delivered'],
      [gone, 'lost'],
      [still, 'created'],
      [heard, 'delivered'],
    ] as const)
      carrier.seen.set(codeOf(order), status);
    expect(await asking.run()).toBe(0);
    await db.pool.query("UPDATE shipment SET heard_at = now() - interval '6 hours 1 minute' WHERE order_id = ANY ($1)", [
      [moved, gone, still, strange].map(({ orderId }) => orderId),
    ]);
    expect((await Promise.all([asking.run(), asking.run()])).reduce((sum, n) => sum + n, 0)).toBe(2);
    expect([await seen(moved), await seen(gone), await seen(still), await seen(heard)]).toEqual([
      [{ status: 'delivered', history: ['created', 'delivered'] }],
      [{ status: 'lost', history: ['created', 'lost'] }],
      [{ status: 'created', history: ['created'] }],
      [{ status: 'created', history: ['created'] }],
    ]);
    expect([await typesOf(moved), await typesOf(gone)]).toEqual([
      ['shipment.created.v1', 'shipment.delivered.v1'],
      ['shipment.created.v1', 'shipment.lost.v1'],
    ]);
    expect(warnings).toEqual([{ trackingCode: codeOf(strange), status: 'unknown' }]);
    expect([await report(moved, 'delivered'), await asking.run()]).toEqual([{ kind: 'unchanged' }, 0]);
  });
});
