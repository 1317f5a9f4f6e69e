import type { PaymentRefundFailedV1 } from '@tandem/contracts';
import { type Caller, newId, newUuid, PeerUnavailable, Refusal, toPublicId } from '@tandem/host';
import type { CustomerId, OrderId } from '@tandem/kernel';
import type { Message } from '@tandem/messaging';
import type { Logger } from 'pino';
import { pgAuditFacts } from '../adapters/pg-audit-facts.js';
import { pgOrderStore } from '../adapters/pg-order-store.js';
import { pgOwedStore } from '../adapters/pg-owed-store.js';
import { pgRefundStore } from '../adapters/pg-refund-store.js';
import { pgSagas } from '../adapters/pg-sagas.js';
import { aReplica, checkOut } from '../spec-checkout.js';
import { createSpecDatabase, type SpecDatabase } from '../spec-database.js';
import { CancelOrder } from './cancel-order.js';
import { NoteRefundOnPaymentRefunded } from './follow-payments.consumer.js';
import { NoteFact } from './note-fact.js';
import { RefundOrder } from './refund-order.js';
import { RefundKeys, RefundOrderGrpc } from './refund-order.grpc.js';
import { SettleOwed } from './settle-owed.js';
import { SteerSagas } from './steer-sagas.js';

const away = (): Promise<never> => Promise.reject(new PeerUnavailable('payment', 14));
const closed = (): Promise<never> => Promise.reject(new Refusal('refund-exceeds-payment', { detail: 'the card is closed' }));

describe('a refund that staff ask for', () => {
  let spec: SpecDatabase;
  let id: OrderId;
  /** What the bank was asked for, and what it answers next. */
  const asked: string[] = [];
  let answer: () => Promise<void | 'in-hand'>;
  beforeAll(async () => void (spec = await createSpecDatabase()));
  beforeEach(async () => {
    await spec.sql('TRUNCATE order_refund, compensation, platform.idempotency_key');
    const reply = await checkOut(aReplica(spec));
    if (reply.kind !== 'ordered') throw new Error('the checkout did not go through');
    id = reply.order.id;
    asked.length = 0;
    answer = () => Promise.resolve();
  });
  afterAll(() => spec.drop());

  const orders = () => pgOrderStore({ ...spec, onOwed: () => undefined, onHistory: () => undefined });
  const refundOrder = () =>
    new RefundOrder({
      database: spec.database,
      orders: orders(),
      refunds: pgRefundStore,
      now: () => new Date(),
      askBank: async (_, refund) => {
        asked.push(`${refund.id} ${refund.amount.minor}${refund.giving > 1 ? ` giving ${refund.giving}` : ''}`);
        return (await answer()) ?? 'given';
      },
    });
  const steering = () =>
    new SteerSagas(
      pgSagas(spec.database, () => undefined),
      refundOrder(),
    );
  const retry = () => spec.database.transaction((tx) => steering().retry(tx, by()));
  const by = () => ({ orderId: id, actor: 'cus_staff', reason: 'the shopper has called' });
  const staff = (idempotencyKey: string): Caller => ({
    by: { kind: 'user', principal: { id: 'cus_01h455vb4pex5vsknk084sn02q' as CustomerId, kind: 'staff' } },
    requestId: 'request-1',
    idempotencyKey,
    token: undefined,
    deadline: undefined,
    traceparent: undefined,
    markReplayed: () => undefined,
  });
  const refund = async (key: string, minor: number | null, lines: { lineId: string; quantity: number }[] = []): Promise<string> => {
    const grpc = new RefundOrderGrpc(refundOrder(), new RefundKeys(spec.database, () => Promise.resolve(false)));
    const amount = minor === null ? undefined : { amount: String(minor), currency: 'EUR' };
    return grpc.handle({ orderId: id, lines, amount, reason: 'broken' }, staff(key)).then(
      ({ status }) => status,
      (error: Refusal) => error.problem.code,
    );
  };
  const cancel = () =>
    spec.database.transaction((tx) =>
      new CancelOrder({
        orders: orders(),
        owed: pgOwedStore(spec.database),
        refunds: pgRefundStore,
        stopShipment: () => Promise.resolve('stopped'),
        now: () => new Date(),
        newRefundId: () => newId('refund'),
      }).run(tx, id, 'too late'),
    );
  const rows = () =>
    spec.sql<{ minor: string; cause: string; status: string }>(
      'SELECT minor, cause, status FROM order_refund ORDER BY created_at, cause DESC',
    );

  it('is one refund per key: another wish under it is refused before the bank hears of it', async () => {
    const codes = await Promise.all([refund('key', 1_000), refund('key', 2_000)]);
    expect(codes.sort()).toEqual(['idempotency-key-reused', 'succeeded']);
    expect(new Set(asked).size).toBe(1);
    answer = away;
    expect(await refund('lost', 100)).toBe('pending');
    await spec.sql('DELETE FROM platform.idempotency_key'); // the process died before it stored its answer
    answer = () => Promise.resolve();
    expect([await refund('lost', 200), await refund('lost', 100)]).toEqual(['idempotency-key-reused', 'succeeded']);
    expect(new Set(asked).size).toBe(2);
  });

  it('tells the auditor of the units each line gave back, once the money is given', async () => {
    const [first] = (await orders().find(id))?.lines ?? [];
    const lineId = first?.lineId ?? '';
    const states: (string | undefined)[] = [];
    const told = async () => {
      const { facts } = await pgAuditFacts(spec.database).page('', 1_000);
      const detail = facts.find(({ subject }) => subject === id)?.detail ?? '{}';
      const { lines, refunds } = JSON.parse(detail) as { lines: { returned: number }[]; refunds: { status: string; minor: string }[] };
      states.push(refunds.map(({ status, minor }) => `${status} ${minor}`)[0]);
      return lines.map(({ returned }) => returned);
    };
    const others = ((await orders().find(id))?.lines ?? []).slice(1).map(() => 0);
    expect(await told()).toEqual([0, ...others]);
    expect(await refund('amount', 100)).toBe('succeeded');
    answer = away;
    expect(await refund('line', null, [{ lineId, quantity: 1 }])).toBe('pending');
    expect(await told()).toEqual([0, ...others]);
    answer = () => Promise.resolve();
    expect(await refund('all', null)).toBe('succeeded');
    expect((await told())[0]).toBe((first?.quantity ?? 0) - 1);
    expect(states).toEqual([undefined, 'succeeded 100', 'succeeded 100']);
  });

  it('that the bank does not give says so by a code of its own, and leaves nothing behind', async () => {
    answer = closed;
    expect(await refund('key', 1_000)).toBe('refund-refused');
    expect(await rows()).toEqual([]);
    answer = () => Promise.resolve();
    expect(await refund('key', 500)).toBe('succeeded');
  });

  it('that the bank refuses after a cancellation counted on it is kept for an operator', async () => {
    answer = async () => {
      await cancel();
      return closed();
    };
    expect(await refund('key', 2_000)).toBe('refund-refused');
    expect(await rows()).toEqual([
      { minor: '2000', cause: 'staff', status: 'refused' },
      { minor: '2570', cause: 'cancel', status: 'pending' },
    ]);
  });

  it('that was refused or written off is not asked of the bank again by its key', async () => {
    answer = away;
    expect(await refund('key', 1_000)).toBe('pending');
    for (const status of ['refused', 'written-off']) {
      await spec.sql('UPDATE order_refund SET status = $1', [status]);
      await spec.sql('DELETE FROM platform.idempotency_key');
      expect(await refund('key', 1_000)).toBe('refund-refused');
    }
    expect(asked).toHaveLength(1);
  });

  it('is answered with what has become of it, not with what the bank said last', async () => {
    answer = async () => {
      const [own] = await spec.sql<{ id: string }>('SELECT id FROM order_refund');
      await spec.sql(`UPDATE order_refund SET status = 'succeeded' WHERE id = $1`, [own?.id]);
      return away();
    };
    expect(await refund('key', 1_000)).toBe('succeeded');
  });

  it('is not brought back by an operator when its money or its units went back otherwise', async () => {
    const mugs = [{ lineId: 'line_01h455vb4pex5vsknk084sn02q', quantity: 2 }];
    answer = away;
    expect(await refund('first', 100, mugs)).toBe('pending');
    await spec.sql(`UPDATE order_refund SET status = 'refused'`);
    answer = () => Promise.resolve();
    expect(await refund('second', 100, mugs)).toBe('succeeded');
    expect(await retry()).toEqual({ kind: 'not-retryable' });
    expect(await rows()).toEqual([
      { minor: '100', cause: 'staff', status: 'refused' },
      { minor: '100', cause: 'staff', status: 'succeeded' },
    ]);
    await spec.sql(`UPDATE order_refund SET status = 'refused', lines = '[]', minor = 3000`);
    expect(await retry()).toEqual({ kind: 'steered' });
    expect((await rows()).map(({ status }) => status)).toEqual(['pending', 'refused']);
  });

  it('of an order that was never confirmed may be brought back: its money was taken all the same', async () => {
    await cancel();
    await spec.sql(`UPDATE order_refund SET status = 'refused'`);
    await spec.sql(`UPDATE orders SET confirmed_at = NULL WHERE status = 'cancelled'`);
    expect(await retry()).toEqual({ kind: 'steered' });
    expect((await rows()).map(({ status }) => status)).toEqual(['pending']);
  });

  it('that the bank has in hand is asked for ever less often, up to every ten minutes, and nobody is warned', async () => {
    answer = () => Promise.resolve('in-hand');
    expect(await refund('key', 1_000)).toBe('pending');
    const warned: unknown[] = [];
    const unexpected = (): Promise<void> => Promise.reject(new Error('unexpected'));
    const settling = new SettleOwed(
      pgOwedStore(spec.database),
      { refund: (due) => refundOrder().pay(due), release: unexpected, cancel: unexpected },
      { warn: (...line: unknown[]) => warned.push(line) } as unknown as Logger,
    );
    const pauses: number[] = [];
    for (const attempts of [3, 8, 40]) {
      await spec.sql('UPDATE order_refund SET due_at = now(), attempts = $1', [attempts]);
      await settling.turn();
      const [row] = await spec.sql<{ seconds: number; last_error: string }>(
        'SELECT extract(epoch FROM due_at - now())::float8 AS seconds, last_error FROM order_refund',
      );
      expect(row?.last_error).toBe('the bank has it in hand');
      pauses.push(Math.round((row?.seconds ?? 0) / 10) * 10);
    }
    expect([pauses, warned, (await rows()).map(({ status }) => status)]).toEqual([[10, 260, 600], [], ['pending']]);
    answer = () => Promise.resolve();
    await spec.sql('UPDATE order_refund SET due_at = now()');
    await settling.turn();
    expect((await rows()).map(({ status }) => status)).toEqual(['succeeded']);
  });

  describe('whose money came back to the bank', () => {
    const whole = { amount: 4_570, currency: 'EUR' };
    const note = () => new NoteRefundOnPaymentRefunded(new NoteFact(orders()), refundOrder());
    const hear = (type: string, remaining: number, refundId: string) => {
      const at = '2026-11-22T12:00:00.000Z';
      const data = { orderId: id, refundId, paymentId: 'pay_1', amount: whole, remaining: { ...whole, amount: remaining }, at };
      const message = { id: newUuid(), type, data } as unknown as Message<PaymentRefundFailedV1>;
      return spec.database.transaction((tx) =>
        type === 'payment.refunded.v1' ? note().handle(message.data, tx, message) : note().failed(message.data, tx, message),
      );
    };
    const ownId = async () => toPublicId('refund', (await spec.sql<{ id: string }>('SELECT id FROM order_refund'))[0]?.id ?? '');
    const paymentStatus = async () => (await orders().find(id))?.payment?.status;
    const historyOf = async () => (await orders().history(id, 0, 100)).map(({ type }) => type).filter((type) => type.includes('refund'));
    const published = async () =>
      (
        await spec.sql(
          `SELECT FROM messaging.outbox WHERE headers::jsonb->>'ce_type' = 'order.refunded.v1' AND payload::jsonb->>'orderId' = $1`,
          [id],
        )
      ).length;
    const owedNow = async () => {
      await spec.sql('UPDATE order_refund SET due_at = now()');
      return (await pgOwedStore(spec.database).takeDue(10)).flatMap((owed) => (owed.kind === 'refund' ? [owed] : []));
    };
    const pay = async () => {
      for (const owed of await owedNow()) await refundOrder().pay(owed);
    };
    const state = async () => (await pgSagas(spec.database, () => undefined).find(id))?.sagas.map((saga) => [saga.state, saga.lastError]);
    const comesBack = async () => {
      const refundId = await ownId();
      await hear('payment.refunded.v1', 0, refundId);
      expect(await paymentStatus()).toBe('refunded');
      await hear('payment.refund-failed.v1', whole.amount, refundId);
    };

    it('waits for an operator, who has the money given again, and nothing else: what the order told stands, and is told once', async () => {
      expect(await refund('all', null)).toBe('succeeded');
      await comesBack();
      expect([await paymentStatus(), await state()]).toEqual(['captured', [['refused', 'the money came back to the bank']]]);
      // Its units and its money are no other refund's.
      const lineId = 'line_01h455vb4pex5vsknk084sn02q';
      expect([await refund('again', 1), await refund('line', null, [{ lineId, quantity: 1 }]), await refund('rest', null)]).toEqual(
        Array<string>(3).fill('refund-exceeds-payment'),
      );
      // A late answer of the bank's to the first asking changes nothing.
      await spec.database.transaction(async (tx) => refundOrder().settle(tx, id, { id: await ownId(), giving: 1 }));
      expect((await rows()).map(({ status }) => status)).toEqual(['refused']);
      expect(await retry()).toEqual({ kind: 'steered' });
      await pay();
      expect(asked.at(-1)).toBe(`${await ownId()} 4570 giving 2`);
      await hear('payment.refunded.v1', 0, await ownId());
      expect([(await rows()).map(({ status }) => status), await paymentStatus(), await published()]).toEqual([
        ['succeeded'],
        'refunded',
        1,
      ]);
      expect(await historyOf()).toEqual(['order.refunded', 'payment.refunded', 'payment.refund-failed', 'payment.refunded']);
    });

    it('is asked for as yet another giving after the bank has refused one, and written off by an operator frees nothing', async () => {
      expect(await refund('all', null)).toBe('succeeded');
      await comesBack();
      expect(await retry()).toEqual({ kind: 'steered' });
      answer = closed;
      await pay();
      expect(await state()).toEqual([['refused', 'the card is closed']]);
      expect(await retry()).toEqual({ kind: 'steered' });
      await pay();
      expect(asked.map((each) => each.replace(/^\S+ /, ''))).toEqual(['4570', '4570 giving 2', '4570 giving 3']);
      expect(await spec.database.transaction((tx) => steering().cancel(tx, by()))).toEqual({ kind: 'steered' });
      answer = () => Promise.resolve();
      expect([await refund('again', 1), await published()]).toEqual(['refund-exceeds-payment', 1]);
    });

    it('is the order’s from then on where payment had given it back by itself: taken late, and known to nobody', async () => {
      await cancel();
      await spec.sql(`TRUNCATE order_refund`);
      await hear('payment.refund-failed.v1', whole.amount, newId('refund'));
      expect([await rows(), await state()]).toEqual([
        [{ minor: '4570', cause: 'cancel', status: 'refused' }],
        [['refused', 'the money came back to the bank']],
      ]);
      expect(await retry()).toEqual({ kind: 'steered' });
      await pay();
      expect([asked, (await rows()).map(({ status }) => status), await published()]).toEqual([
        [`${await ownId()} 4570 giving 2`],
        ['succeeded'],
        0,
      ]);
    });

    it('is not passed over: before it is known here that it was given its news stays; of an order that is not it is ignored, as other facts are', async () => {
      answer = away;
      expect(await refund('all', null)).toBe('pending');
      await expect(hear('payment.refund-failed.v1', whole.amount, await ownId())).rejects.toThrow('it is pending here');
      id = newId('order');
      expect(await hear('payment.refund-failed.v1', whole.amount, newId('refund'))).toEqual({ kind: 'ignored', because: 'unknown order' });
    });

    it('was given all the same, for the state of its order: the rest of the money makes it refunded', async () => {
      expect(await refund('part', 1_000)).toBe('succeeded');
      await hear('payment.refund-failed.v1', whole.amount, await ownId());
      expect(await refund('rest', 3_570)).toBe('succeeded');
      expect((await orders().find(id))?.status).toBe('refunded');
    });
  });
});
