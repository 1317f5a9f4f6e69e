import { newId, toPublicId } from '@tandem/host';
import { type Database, sessionOf, type Statement } from '@tandem/kernel';
import { aCommand } from '../domain/testing/orders.js';
import { createSpecDatabase, type SpecDatabase } from '../spec-database.js';
import { aReplica, checkOut, paymentId, type Replica } from '../spec-checkout.js';

const lease = { leaseMs: 2_000, most: 20 };

describe('claims of checkouts', () => {
  let spec: SpecDatabase;
  beforeAll(async () => void (spec = await createSpecDatabase()));
  afterEach(() => spec.sql('TRUNCATE checkout, instance, messaging.outbox'));
  afterAll(() => spec.drop());

  const ordersOf = (cartId: string) =>
    spec.sql<{ status: string }>(`SELECT status FROM orders WHERE cart_id::text = $1 ORDER BY sequence`, [cartId]);
  const events = async () =>
    (await spec.sql<{ type: string }>(`SELECT headers::jsonb->>'ce_type' AS type FROM messaging.outbox ORDER BY id`)).map(
      ({ type }) => type,
    );
  const makeDue = () => spec.sql("UPDATE checkout SET due_at = now() - interval '1 second' WHERE finished_at IS NULL");
  const die = (replica: Replica) => spec.sql(`UPDATE instance SET lease_until = now() - interval '1 s' WHERE id = $1`, [replica.id]);

  it('let one of twenty requests with one key through, and the others see it in flight', async () => {
    const replicas = [aReplica(spec), aReplica(spec)];
    const cartId = newId('cart');
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, n) => checkOut(replicas[n % 2] as Replica, { key: 'same', command: { cartId } })),
    );
    const kinds = replies.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'ordered')).toEqual(['ordered']);
    expect(kinds.every((kind) => ['ordered', 'in-flight', 'replayed'].includes(kind))).toBe(true);
    expect(await events()).toEqual(['order.confirmed.v1']);
  });

  it('make one order of one cart, whatever the number of keys', async () => {
    const replicas = [aReplica(spec), aReplica(spec)];
    const cartId = newId('cart');
    const replies = await Promise.all(Array.from({ length: 10 }, (_, n) => checkOut(replicas[n % 2] as Replica, { command: { cartId } })));
    expect(replies.filter(({ kind }) => kind === 'ordered')).toHaveLength(1);
    const codes = new Set(replies.map((reply) => (reply.kind === 'refused' ? reply.problem.code : reply.kind)));
    for (const code of codes) expect(['ordered', 'checkout-in-progress', 'cart-already-ordered']).toContain(code);
    const late = await checkOut(aReplica(spec), { command: { cartId } });
    expect(late).toMatchObject({
      kind: 'refused',
      problem: { code: 'cart-already-ordered', extensions: { orderId: expect.stringMatching(/^ord_/) } },
    });
    expect(await events()).toEqual(['order.confirmed.v1']);
  });

  it('cost a checkout six statements in three transactions', async () => {
    const statements: string[] = [];
    const counted: Database = {
      query: (statement, values) => (statements.push(statement.name), spec.database.query(statement, values)),
      transaction: (work) => {
        statements.push('begin', 'commit');
        return spec.database.transaction((tx) => {
          const session = sessionOf(tx);
          return work({
            query: (statement: Statement, values: unknown[]) => (statements.push(statement.name), session.query(statement, values)),
            afterCommit: () => undefined,
          } as never);
        });
      },
    };
    expect((await checkOut(aReplica({ ...spec, database: counted }))).kind).toBe('ordered');
    expect(statements).toEqual(['order_claim', 'order_place', 'begin', 'commit', 'order_settle', 'messaging.enqueue']);
  });

  it('draw another order number when one is taken', async () => {
    const numbers = ['SAME0000', 'SAME0000', 'NEXT0000'];
    const replica = aReplica(spec, {}, { newNumber: () => numbers.shift() ?? '' });
    const replies = [await checkOut(replica), await checkOut(replica)];
    expect(replies.map((reply) => reply.kind === 'ordered' && reply.order.number)).toEqual(['SAME0000', 'NEXT0000']);
  });

  it('answer a repeat with the stored bytes, and refuse the key for another request', async () => {
    const replica = aReplica(spec);
    const first = await checkOut(replica, { key: 'k' });
    const second = await checkOut(aReplica(spec), { key: 'k' });
    expect(first.kind).toBe('ordered');
    expect(second).toMatchObject({ kind: 'replayed', requestId: 'request-1', answer: { kind: 'reply' } });
    expect(second.kind === 'replayed' && first.kind === 'ordered' && JSON.parse(second.answer.json).number === first.order.number).toBe(
      true,
    );
    expect(await checkOut(replica, { key: 'k', hash: 'another' })).toEqual({ kind: 'reused' });
  });

  it('are not made without room, but whoever asks again under a key gets its end', async () => {
    await checkOut(aReplica(spec), { key: 'known' });
    const full = aReplica(spec, {}, { inFlight: 0 });
    expect(await checkOut(full, { key: 'known' })).toMatchObject({ kind: 'replayed', answer: { kind: 'reply' } });
    expect(await checkOut(full, { key: 'known', hash: 'another' })).toEqual({ kind: 'reused' });
    expect(await checkOut(full, { key: 'new' })).toEqual({ kind: 'overloaded' });
    expect((await checkOut(aReplica(spec), { key: 'new' })).kind).toBe('ordered');
  });

  it.each(['holds the order', 'puts it off'])('that a word reaches in a run that %s are due at once, not after its pause', async (end) => {
    const pay = [{ kind: 'requires-action', paymentId, url: 'http://bank/challenge' }] as const;
    const isLater = end === 'puts it off';
    let isTold = !isLater;
    const before = async (step: string): Promise<void> => {
      if (step !== 'pay' || !isTold) return;
      const [open] = await spec.sql<{ id: string }>('SELECT order_id AS id FROM checkout WHERE finished_at IS NULL');
      expect(await spec.database.transaction((tx) => replica.store.wake(tx, toPublicId('order', open?.id ?? '')))).toBe(true);
    };
    const replica = aReplica(spec, { pay, before });
    expect(await checkOut(replica)).toMatchObject({ kind: 'ordered', order: { status: 'requires-action' } });
    isTold = true;
    if (isLater) {
      await makeDue();
      for (const claim of await replica.instances.beat([], lease)) await replica.drive.run(claim);
    }
    isTold = false;
    const [woken] = await replica.instances.beat([], lease);
    expect(woken && (await replica.drive.run(woken)).kind).toBe('waiting');
    expect(await replica.instances.beat([], lease)).toEqual([]); // a word counts once
  });

  it('refuse a key that another request of the service was answered under', async () => {
    await spec.sql(
      `INSERT INTO platform.idempotency_key (principal, key, request_hash, kind, outcome, request_id) VALUES ($1, 'cancelled', 'x', 'reply', '{}', 'r')`,
      ['cus_01h455vb4pex5vsknk084sn02q'],
    );
    expect(await checkOut(aReplica(spec), { key: 'cancelled' })).toEqual({ kind: 'reused' });
  });

  it('leave a key free after an answer that is not stored', async () => {
    const away = { code: 'unavailable', retryAfterSeconds: 1 } as const;
    const replica = aReplica(spec, {
      price: [
        { kind: 'refused', problem: away },
        { kind: 'refused', problem: { code: 'cart-empty' } },
      ],
    });
    expect(await checkOut(replica, { key: 'free' })).toEqual({ kind: 'refused', problem: away });
    expect(await checkOut(replica, { key: 'free' })).toEqual({ kind: 'refused', problem: { code: 'cart-empty' } });
    expect((await checkOut(aReplica(spec), { key: 'free' })).kind).toBe('ordered');
  });

  it.each(['price', 'reserve', 'pay', 'take'])(
    'are taken over from a process that died at %s; what it still writes changes nothing',
    async (step) => {
      const [reached, wakes] = [aSignal(), aSignal()];
      const before = async (at: string): Promise<void> => {
        if (at !== step) return;
        reached.send();
        await wakes.sent;
      };
      const dying = aReplica(spec, { before });
      await dying.instances.beat([], lease);
      const cartId = newId('cart');
      const first = checkOut(dying, { key: step, command: { cartId } });
      await reached.sent;

      const heir = aReplica(spec);
      await makeDue();
      expect(await heir.instances.beat([], lease)).toEqual([]);
      await die(dying);
      const [claim] = await heir.instances.beat([], lease);
      expect(claim).toMatchObject({ epoch: 2, isAnswered: false });
      expect(claim && (await heir.drive.run(claim)).kind).toBe('confirmed');

      wakes.send();
      expect((await first).kind).toBe('unfinished');
      expect(await checkOut(dying, { key: step, command: { cartId } })).toMatchObject({ kind: 'replayed' });
      expect(
        await ordersOf(
          (await spec.sql<{ cart_id: string }>('SELECT cart_id FROM orders ORDER BY sequence DESC LIMIT 1'))[0]?.cart_id ?? '',
        ),
      ).toEqual([{ status: 'confirmed' }]);
      expect(await events()).toEqual(['order.confirmed.v1']);
      expect(
        await spec.sql(
          `SELECT array_agg(type ORDER BY sequence) AS types FROM order_history WHERE order_id = (SELECT id FROM orders ORDER BY sequence DESC LIMIT 1)`,
        ),
      ).toEqual([{ types: ['order.placed', 'order.confirmed'] }]);
    },
  );

  it('of two heirs each goes to one, also when the one has taken it while the other looked', async () => {
    const dead = aReplica(spec);
    for (let round = 0; round < 60; round += 1) {
      for (let n = 0; n < 8; n += 1) {
        const command = { ...aCommand(), cartId: newId('cart') };
        await dead.store.claim({
          key: `left-${round}-${n}`,
          requestHash: Buffer.from('h'),
          orderId: newId('order'),
          command,
          hasRoom: true,
        });
      }
      await makeDue();
      const [one, other] = [aReplica(spec), aReplica(spec)];
      const [left, right] = await Promise.all([one.instances.beat([], lease), other.instances.beat([], lease)]);
      expect([...left, ...right].map(({ epoch }) => epoch)).toEqual(Array(8).fill(2));
      await spec.sql('DELETE FROM checkout WHERE finished_at IS NULL');
    }
  });

  it('are taken at once by the process that starts under the same name', async () => {
    const before = aReplica(spec, {}, { name: 'host/127.0.0.1:50051' });
    await before.instances.beat([], lease);
    const command = aCommand({ cartId: newId('cart') });
    await before.store.claim({ key: 'restart', requestHash: Buffer.from('h'), orderId: newId('order'), command, hasRoom: true });
    const after = aReplica(spec, {}, { name: 'host/127.0.0.1:50051' });
    expect(await after.instances.beat([], lease)).toEqual([]);
    await after.instances.succeed();
    expect(await after.instances.beat([], lease)).toMatchObject([{ epoch: 2, command }]);
  });

  it('that ended are forgotten with their keys after their time, however many they are', async () => {
    await spec.sql(`INSERT INTO checkout (principal, key, request_hash, request_id, order_id, request, answer_kind, answer, finished_at, created_at)
      SELECT 'p', n::text, '', 'r', gen_random_uuid(), '{}', 'reply', '{}', now(), now() - CASE WHEN n <= 2500 THEN interval '49 hours' ELSE interval '47 hours' END FROM generate_series(1, 2503) AS n`);
    await aReplica(spec).instances.prune(48);
    expect(await spec.sql('SELECT count(*)::int AS kept FROM checkout')).toEqual([{ kept: 3 }]);
  });

  it('in hand are not taken again by their own process', async () => {
    const replica = aReplica(spec);
    const orderId = newId('order');
    const command = aCommand({ cartId: newId('cart') });
    await replica.store.claim({ key: 'own', requestHash: Buffer.from('h'), orderId, command, hasRoom: true });
    await makeDue();
    expect(await replica.instances.beat([orderId], lease)).toEqual([]);
    expect(await replica.instances.beat([], lease)).toMatchObject([{ epoch: 2, orderId }]);
  });
});

function aSignal(): { readonly sent: Promise<void>; send(): void } {
  let send = (): void => undefined;
  const sent = new Promise<void>((resolve) => (send = resolve));
  return { sent, send: () => send() };
}
