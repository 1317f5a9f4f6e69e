import { newId } from '@tandem/host';
import { money, type OrderId } from '@tandem/kernel';
import { Refusal } from '@tandem/host';
import { pgOrderStore } from '../adapters/pg-order-store.js';
import { pgRefundStore } from '../adapters/pg-refund-store.js';
import { pgSagas } from '../adapters/pg-sagas.js';
import { aReplica, checkOut, paymentId, type Replica, type Script } from '../spec-checkout.js';
import { createSpecDatabase, type SpecDatabase } from '../spec-database.js';
import { RefundOrder } from './refund-order.js';
import type { Steering } from '../domain/sagas.js';
import { SteerSagas } from './steer-sagas.js';
import { SagaReads, SteerSagasGrpc } from './steer-sagas.grpc.js';
import { aCaller } from '@tandem/host/testing';

const challenged: Script = {
  pay: [{ kind: 'requires-action', paymentId, url: 'http://bank/challenge' }],
  undoPay: [{ kind: 'voided', paymentId }],
};

describe('what is under way', () => {
  let spec: SpecDatabase;
  beforeAll(async () => void (spec = await createSpecDatabase()));
  afterEach(() => spec.sql('TRUNCATE checkout, orders, order_history, order_shipment, compensation, order_refund, saga_action'));
  afterAll(() => spec.drop());

  const sagas = () => pgSagas(spec.database, () => undefined);
  const orders = () => pgOrderStore({ ...spec, onOwed: () => undefined, onHistory: () => undefined });
  const closed = (): Promise<never> => Promise.reject(new Refusal('refund-exceeds-payment', { detail: 'the card is closed' }));
  const refunds = () =>
    new RefundOrder({ database: spec.database, orders: orders(), refunds: pgRefundStore, askBank: closed, now: () => new Date() });
  const steer = () => {
    const steering = new SteerSagas(sagas(), refunds());
    return {
      retry: (why: Steering) => spec.database.transaction((tx) => steering.retry(tx, why)),
      cancel: (why: Steering) => spec.database.transaction((tx) => steering.cancel(tx, why)),
    };
  };
  const by = (orderId: OrderId) => ({ orderId, actor: 'cus_staff', reason: 'the shopper has called' });

  async function ordered(replica: Replica): Promise<OrderId> {
    const reply = await checkOut(replica);
    if (reply.kind !== 'ordered') throw new Error(`not ordered: ${reply.kind}`);
    return reply.order.id;
  }

  /** Runs what is due, as another process would. */
  async function runDue(replica: Replica): Promise<void> {
    for (const claim of await replica.instances.beat([], { leaseMs: 2_000, most: 10 })) await replica.drive.run(claim);
  }

  it('is listed, oldest first, in pages, and is gone when it has ended', async () => {
    const waiting = aReplica(spec, challenged);
    const ids = [await ordered(waiting), await ordered(waiting), await ordered(waiting)];
    await ordered(aReplica(spec));
    const first = await sagas().list(null, 2);
    const second = await sagas().list(first.next, 2);
    expect([...first.sagas, ...second.sagas].map(({ orderId, kind, state, orderStatus }) => [orderId, kind, state, orderStatus])).toEqual(
      ids.map((id) => [id, 'checkout', 'waiting', 'requires-action']),
    );
    expect(second.next).toBeNull();
    await expect(sagas().list('["x"]', 2)).rejects.toThrow(Refusal);
  });

  it('tells of one order what ran, when and where, and of an unknown one nothing', async () => {
    const id = await ordered(aReplica(spec));
    expect(await sagas().journey(id)).toMatchObject({
      timeline: [{ step: 'price' }, { step: 'place' }, { step: 'reserve' }, { step: 'pay' }, { step: 'take' }],
      lines: [
        { type: 'order.placed', at: expect.any(Date), eventId: null },
        { type: 'order.confirmed', at: expect.any(Date), eventId: null },
      ],
    });
    expect(await sagas().journey(newId('order'))).toBeUndefined();
    expect(await sagas().find(id)).toMatchObject({
      sagas: [],
      actions: [],
      timeline: [{ step: 'price' }, { step: 'place' }, { step: 'reserve' }, { step: 'pay' }, { step: 'take', result: 'taken', attempt: 1 }],
    });
    expect(await sagas().find(newId('order'))).toBeUndefined();
  });

  it('is undone when an operator ends it, and who did that is kept', async () => {
    const replica = aReplica(spec, challenged);
    const id = await ordered(replica);
    expect(await steer().cancel(by(id))).toEqual({ kind: 'steered' });
    expect((await sagas().find(id))?.sagas).toMatchObject([{ state: 'undoing' }]);
    await runDue(replica);
    expect(await replica.store.find(id)).toMatchObject({
      status: 'cancelled',
      cancelReason: 'ended-by-operator',
      payment: { status: 'voided' },
    });
    expect(replica.calls.slice(-2)).toEqual(['undo pay', 'undo reserve']);
    expect(await sagas().find(id)).toMatchObject({
      sagas: [],
      actions: [{ actor: 'cus_staff', action: 'cancel', reason: 'the shopper has called' }],
    });
    expect(await steer().cancel(by(id))).toEqual({ kind: 'nothing-open' });
  });

  it('is taken from the run that has it in hand: that one confirms nothing any more', async () => {
    let orderId: OrderId | undefined;
    const replica = aReplica(spec, {
      undoPay: [{ kind: 'voided', paymentId }],
      before: async (step) => {
        if (step !== 'take') return;
        orderId = (await sagas().list(null, 1)).sagas[0]?.orderId;
        if (orderId) await steer().cancel(by(orderId));
      },
    });
    expect(await checkOut(replica)).toEqual({ kind: 'unfinished' });
    await runDue(aReplica(spec, { undoPay: [{ kind: 'voided', paymentId }] }));
    expect(await replica.store.find(orderId as OrderId)).toMatchObject({ status: 'cancelled', cancelReason: 'ended-by-operator' });
  });

  it('of which no order was placed frees its key when it is ended', async () => {
    const replica = aReplica(spec, { price: [new Error('cart is sick')] });
    expect(await checkOut(replica)).toEqual({ kind: 'unfinished' });
    const [saga] = (await sagas().list(null, 1)).sagas;
    expect(saga).toMatchObject({ state: 'waiting', orderStatus: null, lastError: 'cart is sick' });
    await steer().cancel(by(saga?.orderId as OrderId));
    await runDue(replica);
    expect(await spec.sql('SELECT 1 FROM checkout')).toEqual([]);
  });

  it('is steered once per key: a repeat is answered as the first, and a key of something else is refused', async () => {
    const id = await ordered(aReplica(spec, challenged));
    const isCheckoutKey = (_principal: string, key: string) => Promise.resolve(key === 'a checkout');
    const grpc = new SteerSagasGrpc(new SagaReads(sagas(), spec.database, isCheckoutKey), new SteerSagas(sagas(), refunds()));
    const replays: string[] = [];
    const staff = (key: string) => aCaller({ kind: 'user', principal: { id: 'cus_9', kind: 'staff' } }, key, () => void replays.push(key));
    const asked = { orderId: id, reason: 'the shopper has called' };
    const first = await grpc.cancel(asked, staff('k-1'));
    expect(first).toMatchObject({ orderId: id, sagas: [{ state: 'undoing' }], actions: [{ action: 'cancel', actor: 'cus_9' }] });
    expect([await grpc.cancel(asked, staff('k-1')), replays]).toEqual([first, ['k-1']]);
    const reused = { problem: { code: 'idempotency-key-reused' } };
    await expect(grpc.retry(asked, staff('k-1'))).rejects.toMatchObject(reused);
    await expect(grpc.retry(asked, staff('a checkout'))).rejects.toMatchObject(reused);
    expect((await sagas().find(id))?.actions).toHaveLength(1);
  });

  it('is due at once when an operator retries it', async () => {
    const replica = aReplica(spec, challenged);
    const id = await ordered(replica);
    expect(await replica.instances.beat([], { leaseMs: 2_000, most: 10 })).toEqual([]);
    expect(await steer().retry(by(id))).toEqual({ kind: 'steered' });
    expect(await replica.instances.beat([], { leaseMs: 2_000, most: 10 })).toMatchObject([{ orderId: id }]);
    expect(await steer().retry(by(newId('order')))).toEqual({ kind: 'nothing-open' });
  });

  it('is a refund that the bank refuses for good: kept, tried again or written off by hand, not by itself', async () => {
    const id = await ordered(aReplica(spec));
    const refundOrder = refunds();
    const refund = { refundId: newId('refund'), orderId: id, amount: money(100n, 'EUR') };
    await refundOrder.open({
      ...refund,
      wish: { lines: [], amount: refund.amount },
      reason: 'broken',
      requestedBy: 'cus_staff',
      requestHash: Buffer.from('hash'),
    });
    expect(await steer().cancel(by(id))).toEqual({ kind: 'not-cancellable' });
    await refundOrder.pay(refund);
    expect((await sagas().find(id))?.sagas).toMatchObject([{ kind: 'refund', state: 'refused', lastError: 'the card is closed' }]);
    expect(await steer().retry(by(id))).toEqual({ kind: 'steered' });
    expect((await sagas().find(id))?.sagas).toMatchObject([{ kind: 'refund', state: 'owed' }]);
    await refundOrder.pay(refund);
    expect(await steer().cancel(by(id))).toEqual({ kind: 'steered' });
    expect((await sagas().find(id))?.sagas).toEqual([]);
  });
});
