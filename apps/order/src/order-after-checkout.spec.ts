import { createLogger, newId, newUuid, PeerUnavailable, uuidOf } from '@tandem/host';
import type { Message } from '@tandem/messaging';
import { type OrderId, type ShipmentId, type Tx } from '@tandem/kernel';
import { CancelOrder } from './features/cancel-order.js';
import { FollowPoints } from './features/follow-points.consumer.js';
import { FollowShipments } from './features/follow-shipments.consumer.js';
import { NoteFact } from './features/note-fact.js';
import { SettleOwed } from './features/settle-owed.js';
import { createSpecDatabase, type SpecDatabase } from './spec-database.js';
import { aReplica, checkOut } from './spec-checkout.js';
import { pgOrderStore } from './adapters/pg-order-store.js';
import { pgOwedStore } from './adapters/pg-owed-store.js';
import { pgRefundStore } from './adapters/pg-refund-store.js';
import { RefundOrder } from './features/refund-order.js';

const at = '2026-11-21T12:00:00.000Z';

describe('an order after its checkout', () => {
  let spec: SpecDatabase;
  let id: OrderId;
  beforeAll(async () => void (spec = await createSpecDatabase()));
  beforeEach(async () => {
    await spec.sql('TRUNCATE messaging.outbox, compensation, order_refund');
    const reply = await checkOut(aReplica(spec));
    if (reply.kind !== 'ordered') throw new Error('the checkout did not go through');
    id = reply.order.id;
  });
  afterAll(() => spec.drop());

  const store = () => pgOrderStore({ ...spec, onOwed: () => undefined, onHistory: () => undefined });
  const history = async () => (await store().history(id, 0, 100)).map(({ sequence, type }) => `${sequence} ${type}`);
  const events = async () =>
    (
      await spec.sql<{ type: string; payload: string }>(
        `SELECT headers::jsonb->>'ce_type' AS type, payload FROM messaging.outbox ORDER BY id`,
      )
    ).map(({ type, payload }) => ({ type, data: JSON.parse(payload) as Record<string, unknown> }));
  const inTx = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => spec.database.transaction(work);

  const shipmentId = newId('shipment');
  function fact<D extends object>(type: string, data: D): Message<D & { orderId: string; at: string }> {
    const whole = { orderId: id, at, ...data };
    return {
      id: newUuid(),
      type,
      source: '/tandem/shipping',
      time: new Date(at),
      topic: 'shipment',
      partition: 0,
      offset: 0n,
      key: id,
      sequence: 1n,
      headers: {},
      data: whole,
    };
  }
  const parcel = (more: object = {}) => ({ shipmentId, carrier: 'sandbox', trackingCode: 'T1', ...more }) as never;

  it('keeps what its products looked like, and tells it with what was bought', async () => {
    const picture = { url: '/v1/media/med_01h455vb4pex5vsknk084sn02q/1-320.jpeg', width: 320, height: 213 };
    expect((await store().find(id))?.lines.map((line) => line.picture)).toEqual([picture, undefined]);
    const [confirmed] = await events();
    expect((confirmed?.data['lines'] as { picture?: object }[]).map((line) => line.picture)).toEqual([picture, undefined]);
  });

  it('is shipped and delivered with its last parcel, each once, and says so', async () => {
    const follow = new FollowShipments(new NoteFact(store()));
    const created = fact('shipment.created.v1', parcel({ parcels: 1 }));
    const dispatched = fact('shipment.dispatched.v1', parcel({ isLast: true }));
    const delivered = fact('shipment.delivered.v1', parcel({ isLast: true }));
    await inTx((tx) => follow.created(undefined as never, tx, created as never));
    await inTx((tx) => follow.dispatched(undefined as never, tx, dispatched as never));
    expect(await inTx((tx) => follow.dispatched(undefined as never, tx, dispatched as never))).toEqual({
      kind: 'ignored',
      because: 'known already',
    });
    await inTx((tx) => follow.delivered(undefined as never, tx, delivered as never));
    expect(await history()).toEqual([
      '1 order.placed',
      '2 order.confirmed',
      '3 shipment.created',
      '4 shipment.dispatched',
      '5 order.shipped',
      '6 shipment.delivered',
      '7 order.delivered',
    ]);
    expect(await store().find(id)).toMatchObject({
      status: 'delivered',
      shipments: [{ id: shipmentId as ShipmentId, status: 'delivered', carrier: 'sandbox', trackingCode: 'T1' }],
    });
    expect((await events()).slice(1)).toMatchObject([
      {
        type: 'order.shipped.v1',
        data: { orderId: id, shipments: [{ shipmentId, carrier: 'sandbox', trackingCode: 'T1' }], shippedAt: at },
      },
      { type: 'order.delivered.v1', data: { orderId: id, deliveredAt: at } },
    ]);
  });

  it('waits for the last of several parcels, notes each, and keeps the first code and the day it was told; the shopper hears of the parcel that is lost', async () => {
    const follow = new FollowShipments(new NoteFact(store()));
    const own = newId('shipment');
    const say = (what: 'created' | 'dispatched' | 'delivered' | 'lost', more: object) =>
      inTx((tx) => follow[what](undefined as never, tx, fact(`shipment.${what}.v1`, parcel({ shipmentId: own, ...more })) as never));
    const shown = async () => {
      const order = await store().find(id);
      return [order?.status, order?.shipments];
    };
    const shipment = { id: own, carrier: 'sandbox', trackingCode: 'T1', estimatedDelivery: '2026-11-24' };
    await say('created', { parcels: 2, estimatedDelivery: '2026-11-24' });
    await say('dispatched', { trackingCode: 'T2', isLast: false });
    expect(await shown()).toEqual(['confirmed', [{ ...shipment, status: 'created' }]]);
    await say('dispatched', { isLast: true });
    await say('delivered', { trackingCode: 'T2', isLast: false });
    expect(await shown()).toEqual(['shipped', [{ ...shipment, status: 'in-transit' }]]);
    await say('lost', { trackingCode: 'T3' });
    expect((await events()).at(-1)).toMatchObject({ type: 'order.parcel-lost.v1', data: { shipmentId: own, trackingCode: 'T3' } });
    await say('delivered', { trackingCode: 'T3', isLast: true });
    expect(await shown()).toEqual(['delivered', [{ ...shipment, status: 'delivered' }]]);
    expect((await history()).slice(2)).toEqual([
      '3 shipment.created',
      '4 shipment.dispatched',
      '5 shipment.dispatched',
      '6 order.shipped',
      '7 shipment.delivered',
      '8 shipment.lost',
      '9 shipment.delivered',
      '10 order.delivered',
    ]);
  });

  it('is shipped with the tracking code of every parcel', async () => {
    const follow = new FollowShipments(new NoteFact(store()));
    const own = newId('shipment');
    const several = parcel({ shipmentId: own, parcels: 2, trackingCodes: ['T1', 'T2'] });
    await inTx((tx) => follow.created(undefined as never, tx, fact('shipment.created.v1', several)));
    const last = parcel({ shipmentId: own, trackingCode: 'T2', isLast: true });
    await inTx((tx) => follow.dispatched(undefined as never, tx, fact('shipment.dispatched.v1', last)));
    expect((await store().find(id))?.shipments).toEqual([
      { id: own, status: 'in-transit', carrier: 'sandbox', trackingCode: 'T1', trackingCodes: ['T1', 'T2'] },
    ]);
    const [shipped] = (await events()).filter(({ type }) => type === 'order.shipped.v1');
    expect(shipped?.data['shipments']).toEqual(['T1', 'T2'].map((trackingCode) => ({ shipmentId: own, carrier: 'sandbox', trackingCode })));
  });

  it('is delivered straight from confirmed, and a late dispatch changes nothing but the history', async () => {
    const follow = new FollowShipments(new NoteFact(store()));
    await inTx((tx) =>
      follow.delivered(
        undefined as never,
        tx,
        fact('shipment.delivered.v1', parcel({ isLast: true, shipmentId: newId('shipment') })) as never,
      ),
    );
    await inTx((tx) =>
      follow.dispatched(
        undefined as never,
        tx,
        fact('shipment.dispatched.v1', parcel({ isLast: true, shipmentId: newId('shipment') })) as never,
      ),
    );
    expect((await store().find(id))?.status).toBe('delivered');
    expect((await events()).map(({ type }) => type)).toEqual(['order.confirmed.v1', 'order.delivered.v1']);
  });

  it('stays as it is when a parcel comes back, and shows it: once, and whatever is told late', async () => {
    const follow = new FollowShipments(new NoteFact(store()));
    const own = newId('shipment');
    await inTx((tx) =>
      follow.dispatched(undefined as never, tx, fact('shipment.dispatched.v1', parcel({ isLast: true, shipmentId: own })) as never),
    );
    const returned = fact('shipment.returned.v1', parcel({ shipmentId: own }));
    for (let time = 0; time < 2; time += 1) await inTx((tx) => follow.returned(undefined as never, tx, returned as never));
    await inTx((tx) => follow.lost(undefined as never, tx, fact('shipment.lost.v1', parcel({ shipmentId: own })) as never));
    expect(await store().find(id)).toMatchObject({ status: 'shipped', shipments: [{ id: own, status: 'returned' }] });
    expect((await history()).slice(2)).toEqual(['3 shipment.dispatched', '4 order.shipped', '5 shipment.returned', '6 shipment.lost']);
    expect((await events()).slice(2)).toMatchObject([
      { type: 'order.parcel-returned.v1', data: { orderId: id, shipmentId: own, carrier: 'sandbox', trackingCode: 'T1', returnedAt: at } },
    ]);
  });

  describe('tells the shopper of a parcel', () => {
    type Said = 'dispatched' | 'delivered' | 'lost' | 'returned' | 'voided';
    const heard = async (...said: readonly Said[]) => {
      const follow = new FollowShipments(new NoteFact(store()));
      const own = newId('shipment');
      for (const what of said)
        await inTx((tx) =>
          follow[what](undefined as never, tx, fact(`shipment.${what}.v1`, parcel({ isLast: true, shipmentId: own })) as never),
        );
      return (await events()).map(({ type }) => type).filter((type) => type.startsWith('order.parcel-'));
    };
    const [lost, returned] = ['order.parcel-lost.v1', 'order.parcel-returned.v1'];

    it.each<[string, readonly Said[], readonly (string | undefined)[]]>([
      ['that is lost', ['dispatched', 'lost'], [lost]],
      ['that is lost before anything else is known of it', ['lost'], [lost]],
      ['that is lost, and found on its way back', ['dispatched', 'lost', 'returned'], [lost, returned]],
      ['that was taken for delivered, and comes back', ['dispatched', 'delivered', 'returned'], [returned]],
      ['once, though two events say the same', ['dispatched', 'returned', 'returned'], [returned]],
      ['that was lost, but not after it arrived', ['dispatched', 'delivered', 'lost'], []],
      ['that was lost, but not after it came back', ['dispatched', 'returned', 'lost'], [returned]],
      ['never, when its label went back', ['voided', 'lost', 'returned'], []],
    ])('%s', async (_what, said, told) => {
      expect(await heard(...said)).toEqual(told);
    });

    it('and of every other parcel of the shipment, each once, whatever comes twice, late or between', async () => {
      const follow = new FollowShipments(new NoteFact(store()));
      const own = newId('shipment');
      const facts = (
        [
          ['dispatched', 'T1'],
          ['lost', 'T2'], // before its dispatch is told
          ['dispatched', 'T2'],
          ['delivered', 'T3'],
          ['lost', 'T1'],
          ['lost', 'T1'], // another event that says the same
          ['lost', 'T3'], // late: it arrived
          ['returned', 'T2'],
          ['lost', 'T2'],
          ['returned', 'T1'],
        ] as const
      ).map(([what, trackingCode]) => {
        const more = parcel({ trackingCode, shipmentId: own, isLast: false });
        return { what, message: fact(`shipment.${what}.v1`, more) };
      });
      const told = async () => {
        for (const { what, message } of facts) await inTx((tx) => follow[what](undefined as never, tx, message as never));
        return (await events()).slice(1).map(({ type, data }) => [type.split('.')[1], data['trackingCode'], data['isFurther'] ?? false]);
      };
      const once = [
        ['parcel-lost', 'T2', false],
        ['parcel-lost', 'T1', true],
        ['parcel-returned', 'T2', false],
        ['parcel-returned', 'T1', true],
      ];
      expect([await told(), await told()]).toEqual([once, once]); // all of them again
    });

    it('but not when all the money of the order went back: nothing is open then', async () => {
      await spec.sql(`UPDATE orders SET status = 'refunded' WHERE id = '${uuidOf('order', id)}'`);
      expect(await heard('dispatched', 'lost', 'returned')).toEqual([]);
      expect((await history()).slice(2)).toEqual(['3 shipment.dispatched', '4 shipment.lost', '5 shipment.returned']);
    });
  });

  it('numbers its history without a hole when many facts come at once', async () => {
    const follow = new FollowPoints(new NoteFact(store()));
    await Promise.all(
      Array.from({ length: 20 }, () =>
        inTx((tx) => follow.awarded([], tx, [fact('points.awarded.v1', { customerId: newId('customer'), points: 1 })] as never)),
      ),
    );
    const sequences = (await store().history(id, 0, 100)).map(({ sequence }) => sequence);
    expect(sequences).toEqual(Array.from({ length: 22 }, (_, n) => n + 1));
    expect((await store().find(id))?.points).toEqual({ earned: 20, redeemed: 0 });
  });

  it('ignores a fact of an order that is not here', async () => {
    const follow = new FollowPoints(new NoteFact(store()));
    const stray = fact('points.awarded.v1', { customerId: newId('customer'), points: 1, orderId: newId('order') });
    expect(await inTx((tx) => follow.awarded([], tx, [stray] as never))).toEqual({
      kind: 'ignored',
      because: 'unknown order, or known already',
    });
  });

  it('notes facts of many orders in one batch: those it knows already and strangers change nothing', async () => {
    const follow = new FollowPoints(new NoteFact(store()));
    const other = await checkOut(aReplica(spec));
    if (other.kind !== 'ordered') throw new Error('the second checkout did not go through');
    const awarded = (orderId: OrderId, points: number) => fact('points.awarded.v1', { customerId: newId('customer'), points, orderId });
    const known = awarded(id, 5);
    await inTx((tx) => follow.awarded([], tx, [known] as never));
    expect(await inTx((tx) => follow.awarded([], tx, [known, awarded(other.order.id, 7), awarded(newId('order'), 9)] as never))).toEqual({
      kind: 'done',
    });
    expect([(await store().find(id))?.points, (await store().find(other.order.id))?.points]).toEqual([
      { earned: 5, redeemed: 0 },
      { earned: 7, redeemed: 0 },
    ]);
    expect(await history()).toEqual(['1 order.placed', '2 order.confirmed', '3 points.awarded']);
  });

  describe('being cancelled', () => {
    const owedNow = () =>
      spec.sql<{ kind: string }>(
        `SELECT kind FROM compensation UNION ALL SELECT 'refund' FROM order_refund WHERE status = 'pending' ORDER BY kind`,
      );
    const cancelling = (stopShipment: () => Promise<'stopped' | 'dispatched'>) =>
      new CancelOrder({
        orders: store(),
        owed: pgOwedStore(spec.database),
        refunds: pgRefundStore,
        stopShipment,
        now: () => new Date(at),
        newRefundId: () => newId('refund'),
      });

    it('owes the refund in the transaction that cancels, once', async () => {
      const cancel = cancelling(() => Promise.resolve('stopped'));
      expect((await cancel.stop(id, 'too late', undefined)).kind).toBe('cancelled');
      expect(await owedNow()).toEqual([{ kind: 'cancel' }]);
      expect(await inTx((tx) => cancel.run(tx, id, 'too late'))).toMatchObject({
        kind: 'cancelled',
        order: { status: 'cancelled', cancelReason: 'too late' },
      });
      expect(await inTx((tx) => cancel.run(tx, id, 'again'))).toMatchObject({ kind: 'cancelled', order: { cancelReason: 'too late' } });
      expect(await owedNow()).toEqual([{ kind: 'refund' }]);
      const [, event] = await events();
      expect(event).toMatchObject({
        type: 'order.cancelled.v1',
        data: { reason: 'too late', wasConfirmed: true, refund: { amount: { amount: 4_570, currency: 'EUR' } }, cancelledAt: at },
      });
      expect(await history()).toEqual(['1 order.placed', '2 order.confirmed', '3 order.cancelled']);
      const [due] = await pgOwedStore(spec.database).takeDue(10);
      expect(due).toMatchObject({ kind: 'refund', orderId: id, amount: { minor: 4_570n, currency: 'EUR' }, attempts: 1 });
      expect(await pgOwedStore(spec.database).takeDue(10)).toEqual([]);
    });

    it('pays the refund back as soon as the bank can be reached, however often it takes', async () => {
      const cancel = cancelling(() => Promise.resolve('stopped'));
      await inTx((tx) => cancel.run(tx, id, 'too late'));
      const refunds: string[] = [];
      const askBank = async (_: OrderId, refund: { id: string }): Promise<'given'> => {
        refunds.push(refund.id);
        if (refunds.length === 1) throw new PeerUnavailable('payment', 14);
        return 'given';
      };
      const refundOrder = new RefundOrder({
        database: spec.database,
        orders: store(),
        refunds: pgRefundStore,
        askBank,
        now: () => new Date(at),
      });
      const unexpected = (): Promise<void> => Promise.reject(new Error('unexpected'));
      const settleOwed = new SettleOwed(
        pgOwedStore(spec.database),
        { refund: (due) => refundOrder.pay(due), release: unexpected, cancel: unexpected },
        createLogger('order-spec', 'silent'),
      );
      await settleOwed.turn();
      expect(await spec.sql('SELECT FROM order_refund WHERE last_error IS NOT NULL')).toHaveLength(1);
      await spec.sql("UPDATE order_refund SET due_at = now() - interval '1 second'");
      await settleOwed.turn();
      expect(await owedNow()).toEqual([]);
      expect(refunds).toEqual([refunds[0], refunds[0]]);
    });

    it('is refused once the parcel is on its way', async () => {
      expect(await cancelling(() => Promise.resolve('dispatched')).stop(id, 'too late', undefined)).toEqual({
        kind: 'refused',
        because: 'already-shipped',
      });
      expect(await owedNow()).toEqual([]);
      expect((await store().find(id))?.status).toBe('confirmed');
    });

    it('stays owed when shipping is away, for the parcel may have been stopped', async () => {
      await expect(cancelling(() => Promise.reject(new Error('away'))).stop(id, 'too late', undefined)).rejects.toThrow('away');
      expect(await owedNow()).toEqual([{ kind: 'cancel' }]);
    });
  });
});
