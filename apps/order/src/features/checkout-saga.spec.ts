import { newId } from '@tandem/host';
import { type CartId, type CustomerId, money } from '@tandem/kernel';
import type { CheckoutCommand } from '../domain/checkout.js';
import { createSpecDatabase, type SpecDatabase } from '../spec-database.js';
import { aQuote } from '../domain/testing/orders.js';
import { aReplica, away, checkOut, paymentId, type Script } from '../spec-checkout.js';

type Left = {
  status: string;
  reason: string | null;
  payment: string | null;
  promised: boolean;
  history: string[];
  events: string[];
  owed: string[];
  answer: string | null;
};

const someone = () => ({ id: newId('customer') as CustomerId, kind: 'customer' }) as const;

describe('a checkout', () => {
  let spec: SpecDatabase;
  beforeAll(async () => void (spec = await createSpecDatabase()));
  afterAll(() => spec.drop());

  /** Runs a checkout by a script, and says what was called, answered and left. */
  async function outcomeOf(script: Script, { expectedMinor, ...command }: Partial<CheckoutCommand> & { expectedMinor?: bigint } = {}) {
    const replica = aReplica(spec, script);
    const cartId = newId('cart');
    const key = newId('event');
    const expectedTotal = money(expectedMinor ?? 4_570n, 'EUR');
    const reply = await checkOut(replica, { key, command: { cartId: cartId as CartId, expectedTotal, principal: someone(), ...command } });
    await replica.drive.idle();
    return { reply, calls: replica.calls, left: await left(key), replica };
  }

  async function left(key: string): Promise<Left | undefined> {
    const [row] = await spec.sql<Left>(
      `SELECT o.status, o.cancel_reason AS reason, o.payment_status AS payment, o.is_promised AS promised, c.answer_kind AS answer,
         (SELECT array_agg(h.type ORDER BY h.sequence) FROM order_history h WHERE h.order_id = o.id) AS history,
         coalesce((SELECT array_agg(b.headers::jsonb->>'ce_type' ORDER BY b.id) FROM messaging.outbox b WHERE b.payload::jsonb->>'number' = o.number), '{}') AS events,
         coalesce((SELECT array_agg(d.kind) FROM (SELECT kind, order_id FROM compensation UNION ALL SELECT 'refund', order_id FROM order_refund) d WHERE d.order_id = o.id), '{}') AS owed
       FROM orders o LEFT JOIN checkout c ON c.order_id = o.id WHERE c.key = $1 OR c.key IS NULL ORDER BY o.sequence DESC LIMIT 1`,
      [key],
    );
    return row;
  }

  const silentlyCancelled = { status: 'cancelled', promised: false, history: ['order.placed', 'order.cancelled'], events: [], owed: [] };

  it('that is paid ends confirmed, with one event', async () => {
    const { reply, calls, left } = await outcomeOf({});
    expect(reply.kind).toBe('ordered');
    expect(calls).toEqual(['price', 'reserve', 'pay', 'take']);
    expect(left).toEqual({
      status: 'confirmed',
      reason: null,
      payment: 'captured',
      promised: true,
      answer: 'reply',
      history: ['order.placed', 'order.confirmed'],
      events: ['order.confirmed.v1'],
      owed: [],
    });
  });

  it('that the bank declines gives the stock back before it answers, and stores the answer', async () => {
    const { reply, calls, left } = await outcomeOf({ pay: [{ kind: 'declined', paymentId, declineCode: 'insufficient-funds' }] });
    expect(reply).toEqual({
      kind: 'refused',
      problem: { code: 'payment-declined', detail: 'the bank said: insufficient-funds', extensions: { declineCode: 'insufficient-funds' } },
    });
    expect(calls).toEqual(['price', 'reserve', 'pay', 'undo reserve']);
    expect(left).toEqual({ ...silentlyCancelled, reason: 'payment-declined', payment: 'declined', answer: 'problem' });
  });

  it('that takes units from several locations says so in its lines and its event', async () => {
    const lineId = 'line_01h455vb4pex5vsknk084sn02q';
    const parts = [
      { lineId, locationId: newId('location'), quantity: 1 },
      { lineId, locationId: newId('location'), quantity: 1 },
    ];
    const { reply } = await outcomeOf({ take: [{ kind: 'taken', parts }] });
    expect(reply.kind).toBe('ordered');
    const [row] = await spec.sql<{ kept: object; told: object }>(
      `SELECT o.lines->0->'parts' AS kept, (SELECT b.payload::jsonb->'lines'->0->'parts' FROM messaging.outbox b WHERE b.payload::jsonb->>'number' = o.number) AS told
       FROM orders o ORDER BY o.sequence DESC LIMIT 1`,
      [],
    );
    const expected = parts.map(({ locationId, quantity }) => ({ locationId, quantity }));
    expect(row).toEqual({ kept: expected, told: expected });
  });

  it('that has lost its seats names them, and is an answer that stays', async () => {
    const shortage = { lineId: 'line_1', variantId: 'var_1', requested: 2, available: 0, seats: ['A2'] };
    const { reply, left } = await outcomeOf({ reserve: [{ kind: 'out-of-stock', shortages: [shortage] }] });
    expect(reply).toEqual({
      kind: 'refused',
      problem: { code: 'seats-taken', extensions: { lines: [{ lineId: 'line_1', variantId: 'var_1', seats: ['A2'] }] } },
    });
    expect(left).toEqual({ ...silentlyCancelled, reason: 'seats-taken', payment: null, answer: 'problem' });
  });

  it('that finds too little stock names the lines, and asks for no money', async () => {
    const shortage = { lineId: 'line_1', variantId: 'var_1', requested: 2, available: 1 };
    const { reply, calls, left } = await outcomeOf({ reserve: [{ kind: 'out-of-stock', shortages: [{ ...shortage, seats: [] }] }] });
    expect(reply).toEqual({ kind: 'refused', problem: { code: 'out-of-stock', extensions: { lines: [shortage] } } });
    expect(calls).toEqual(['price', 'reserve']);
    expect(left).toEqual({ ...silentlyCancelled, reason: 'out-of-stock', payment: null, answer: 'problem' });
  });

  it('whose price has changed is no order at all', async () => {
    const { reply, calls } = await outcomeOf({}, { expectedMinor: 4_569n });
    const extensions = { expectedTotal: { amount: 4_569, currency: 'EUR' }, currentTotal: { amount: 4_570, currency: 'EUR' } };
    expect(reply).toEqual({
      kind: 'refused',
      problem: { code: 'price-changed', detail: 'expected 45.69 EUR, the total is 45.70 EUR', extensions },
    });
    expect(calls).toEqual(['price']);
  });

  it('whose bank is away gives the stock back and leaves the key free', async () => {
    const problem = { code: 'payment-unavailable', retryAfterSeconds: 2 } as const;
    const { reply, calls, left } = await outcomeOf({ pay: [{ kind: 'refused', problem }] });
    expect(reply).toEqual({ kind: 'refused', problem });
    expect(calls).toEqual(['price', 'reserve', 'pay', 'undo reserve']);
    expect(left).toEqual({ ...silentlyCancelled, reason: 'payment-unavailable', payment: null, answer: null });
  });

  it('owes the stock when inventory is away while it is undone', async () => {
    const { left } = await outcomeOf({ pay: [{ kind: 'declined', paymentId, declineCode: 'declined' }], undoReserve: [away] });
    expect(left).toEqual({ ...silentlyCancelled, reason: 'payment-declined', payment: 'declined', owed: ['release'], answer: 'problem' });
  });

  it('does not say that something is gone while an earlier try of the same shopper may still have it', async () => {
    const principal = someone();
    const shortage = { lineId: 'line_1', variantId: 'var_1', requested: 1, available: 0, seats: [] };
    await outcomeOf({ pay: [{ kind: 'declined', paymentId, declineCode: 'declined' }], undoReserve: [away] }, { principal });
    const scripts: readonly Script[] = [
      { reserve: [{ kind: 'out-of-stock', shortages: [shortage] }] },
      { ...spending(), redeem: [{ kind: 'refused', problem: { code: 'points-not-available' } }] },
    ];
    for (const script of scripts) {
      const { reply, left } = await outcomeOf(script, { principal });
      expect(reply).toMatchObject({ kind: 'refused', problem: { code: 'unavailable', retryAfterSeconds: 1 } });
      expect(left).toMatchObject({ status: 'cancelled', reason: 'unavailable', answer: null });
    }
    await spec.sql('DELETE FROM compensation', []);
    expect((await outcomeOf(scripts[0] as Script, { principal })).reply).toMatchObject({ problem: { code: 'out-of-stock' } });
  });

  const spending = (): Script => ({
    price: [{ kind: 'priced', quote: aQuote({ cartId: newId('cart'), pointsRedeemed: 500, promotionCode: 'WELCOME10' }) }],
  });

  it('whose total counts on points and a promotion sets them aside before the shopper pays', async () => {
    const { calls, left } = await outcomeOf(spending());
    expect(calls).toEqual(['price', 'reserve', 'redeem', 'pay', 'take']);
    expect(left?.status).toBe('confirmed');
  });

  it('gives points, promotion and stock back when the bank declines, or owes them', async () => {
    const declined = [{ kind: 'declined', paymentId, declineCode: 'declined' }] as const;
    expect((await outcomeOf({ ...spending(), pay: declined })).calls).toEqual([
      'price',
      'reserve',
      'redeem',
      'pay',
      'undo redeem',
      'undo reserve',
    ]);
    const { left } = await outcomeOf({ ...spending(), pay: declined, undoRedeem: [away] });
    expect(left).toMatchObject({ status: 'cancelled', owed: ['release'] });
  });

  it('whose points are gone asks for no money', async () => {
    const problem = { code: 'points-not-available', extensions: { available: 3 } } as const;
    const { reply, calls, left } = await outcomeOf({ ...spending(), redeem: [{ kind: 'refused', problem }] });
    expect(reply).toEqual({ kind: 'refused', problem });
    expect(calls).toEqual(['price', 'reserve', 'redeem', 'undo redeem', 'undo reserve']);
    expect(left).toEqual({ ...silentlyCancelled, reason: 'points-not-available', payment: null, answer: null });
  });

  const ranOut = {
    code: 'out-of-stock',
    detail: 'the reservation ran out while the bank was asked; check out again, with a new key',
    extensions: { lines: [] },
  };

  it('that was paid but found its reservation expired takes the payment back', async () => {
    const { reply, calls, left } = await outcomeOf({ take: [{ kind: 'expired' }] });
    expect(reply).toEqual({ kind: 'refused', problem: ranOut });
    expect(calls).toEqual(['price', 'reserve', 'pay', 'take', 'undo pay', 'undo reserve']);
    expect(left).toEqual({ ...silentlyCancelled, reason: 'out-of-stock', payment: 'voided', answer: 'problem' });
  });

  it('owes a refund when the bank does not void any more', async () => {
    const { left } = await outcomeOf({ take: [{ kind: 'expired' }], undoPay: [{ kind: 'captured', paymentId }] });
    expect(left).toEqual({ ...silentlyCancelled, reason: 'out-of-stock', payment: 'captured', owed: ['refund'], answer: 'problem' });
  });

  it('that was paid is never given up: it stays in flight until the stock is taken', async () => {
    const { reply, left, replica } = await outcomeOf({ take: [away, { kind: 'taken', parts: [] }] });
    expect(reply).toEqual({ kind: 'unfinished' });
    expect(left).toEqual({ ...silentlyCancelled, status: 'pending', reason: null, payment: null, history: ['order.placed'], answer: null });
    await spec.sql("UPDATE checkout SET due_at = now() - interval '1 second' WHERE finished_at IS NULL");
    const [claim] = await replica.instances.beat([], { leaseMs: 2_000, most: 20 });
    expect(claim && (await replica.drive.run(claim)).kind).toBe('confirmed');
    expect(replica.calls).toEqual(['price', 'reserve', 'pay', 'take', 'reserve', 'pay', 'take']);
  });

  describe('whose bank says nothing', () => {
    const unknown = { kind: 'unknown', paymentId } as const;

    async function again(replica: ReturnType<typeof aReplica>, ageSeconds: number) {
      await spec.sql(`UPDATE checkout SET due_at = now(), created_at = now() - $1 * interval '1 s' WHERE finished_at IS NULL`, [
        ageSeconds,
      ]);
      const [claim] = await replica.instances.beat([], { leaseMs: 2_000, most: 20 });
      if (!claim) throw new Error('nothing to take over');
      return replica.drive.run(claim);
    }

    it('is answered as payment-unknown, and confirmed once the bank has said yes', async () => {
      const { reply, left: held, replica } = await outcomeOf({ pay: [unknown, unknown, { kind: 'captured', paymentId }] });
      expect(reply).toMatchObject({ kind: 'ordered', order: { status: 'payment-unknown', payment: { id: paymentId, status: 'unknown' } } });
      expect(held).toMatchObject({ status: 'payment-unknown', promised: true, answer: 'reply', events: [] });
      expect((await again(replica, 10)).kind).toBe('waiting');
      expect((await again(replica, 20)).kind).toBe('confirmed');
    });

    it('ends cancelled and voided after its time, with an event, for it was promised', async () => {
      const { replica } = await outcomeOf({ pay: [unknown] });
      expect((await again(replica, 100)).kind).toBe('refused');
      expect(replica.calls.slice(-4)).toEqual(['reserve', 'pay', 'undo pay', 'undo reserve']);
      const [order] = await spec.sql(`SELECT status, cancel_reason, payment_status, last_event FROM orders ORDER BY sequence DESC LIMIT 1`);
      expect(order).toEqual({ status: 'cancelled', cancel_reason: 'payment-timed-out', payment_status: 'voided', last_event: 3 });
      const [event] = await spec.sql<{ payload: string }>('SELECT payload FROM messaging.outbox ORDER BY id DESC LIMIT 1');
      expect(JSON.parse(event?.payload ?? '')).toMatchObject({ reason: 'payment-timed-out', wasConfirmed: false, refund: null });
    });
  });

  describe('whose shopper has a challenge to meet', () => {
    const challenged = { kind: 'requires-action', paymentId, url: 'http://bank/challenge' } as const;
    const makeDue = (ageSeconds: number) =>
      spec.sql(`UPDATE checkout SET due_at = now(), created_at = now() - $1 * interval '1 s' WHERE finished_at IS NULL`, [ageSeconds]);

    async function lookedAt(replica: ReturnType<typeof aReplica>) {
      const [claim] = await replica.instances.beat([], { leaseMs: 2_000, most: 20 });
      return claim && replica.drive.run(claim);
    }

    it('is looked at once after it was written down, and then rarely: the bank tells', async () => {
      const { replica } = await outcomeOf({ pay: [challenged] });
      await makeDue(2);
      expect(await lookedAt(replica)).toEqual({ kind: 'waiting', because: 'requires-action', againMs: 30_000 });
      const [left] = await spec.sql<{ rest: number }>(
        `SELECT extract(epoch FROM due_at - now())::float8 AS rest FROM checkout WHERE finished_at IS NULL`,
      );
      expect(left?.rest).toBeGreaterThan(25);
    });

    it('goes on at once when the bank has told, and when it tells of an order that does not wait nothing happens', async () => {
      await spec.sql('DELETE FROM checkout');
      const { reply, replica } = await outcomeOf({ pay: [challenged, { kind: 'captured', paymentId }] });
      if (reply.kind !== 'ordered') throw new Error('not ordered');
      expect(await lookedAt(replica)).toBeUndefined();
      expect(await spec.database.transaction((tx) => replica.store.wake(tx, reply.order.id))).toBe(true);
      expect(await lookedAt(replica)).toMatchObject({ kind: 'confirmed' });
      expect(await spec.database.transaction((tx) => replica.store.wake(tx, reply.order.id))).toBe(false);
    });

    it('ends after nine minutes: voided, cancelled, told, unless the challenge was met after all', async () => {
      const { replica } = await outcomeOf({ pay: [challenged] });
      await makeDue(541);
      expect((await lookedAt(replica))?.kind).toBe('refused');
      expect(replica.calls.slice(-2)).toEqual(['undo pay', 'undo reserve']);
      const late = await outcomeOf({ pay: [challenged, { kind: 'captured', paymentId }] });
      await makeDue(541);
      expect((await lookedAt(late.replica))?.kind).toBe('confirmed');
    });
  });

  describe('that is given up', () => {
    const unknown = { kind: 'unknown', paymentId } as const;
    const makeDue = (ageSeconds: number) =>
      spec.sql(`UPDATE checkout SET due_at = now(), owner = NULL, created_at = now() - $1 * interval '1 s' WHERE finished_at IS NULL`, [
        ageSeconds,
      ]);
    async function takeOver(replica: ReturnType<typeof aReplica>) {
      const [claim] = await replica.instances.beat([], { leaseMs: 2_000, most: 20 });
      if (!claim) throw new Error('nothing to take over');
      return replica.drive.run(claim);
    }

    it('goes on being undone, whoever runs it, even if it could end well by now', async () => {
      const { reply } = await outcomeOf({ take: [{ kind: 'expired' }], undoPay: [away] });
      expect(reply).toEqual({ kind: 'unfinished' });
      await makeDue(5);
      const other = aReplica(spec);
      expect(await takeOver(other)).toEqual({ kind: 'refused', problem: ranOut });
      expect(other.calls).toEqual(['undo pay', 'undo reserve']);
    });

    it('takes nothing back when another run has confirmed the order meanwhile', async () => {
      const other = aReplica(spec, { pay: [{ kind: 'captured', paymentId }] });
      let isLate = false;
      const slow = aReplica(spec, {
        pay: [unknown],
        before: async (step) => {
          if (!isLate || step !== 'pay') return;
          await makeDue(100);
          expect((await takeOver(other)).kind).toBe('confirmed');
        },
      });
      expect((await checkOut(slow, { command: { expectedTotal: money(4_570n, 'EUR') } })).kind).toBe('ordered');
      isLate = true;
      await makeDue(100);
      expect((await takeOver(slow)).kind).toBe('lost');
      expect(slow.calls).toEqual(['price', 'reserve', 'pay', 'reserve', 'pay']);
    });

    it('before there was an order leaves the key free, whatever fails', async () => {
      const { reply, replica } = await outcomeOf({ price: [new Error('not whole')] });
      expect(reply).toEqual({ kind: 'unfinished' });
      await makeDue(10);
      expect((await takeOver(replica)).kind).toBe('waiting');
      await makeDue(100);
      expect(await takeOver(replica)).toEqual({ kind: 'refused', problem: { code: 'unavailable', retryAfterSeconds: 1 } });
      expect(await spec.sql('SELECT key FROM checkout WHERE finished_at IS NULL')).toEqual([]);
    });
  });

  it('asked to answer at once does so with the pending order, and ends by itself', async () => {
    const { reply, left } = await outcomeOf({}, { respondAsync: true });
    expect(reply).toMatchObject({ kind: 'ordered', order: { status: 'pending' } });
    expect(left).toMatchObject({ status: 'confirmed', promised: true, answer: 'reply', events: ['order.confirmed.v1'] });
  });

  it('that was promised and is declined ends with an event', async () => {
    const { left } = await outcomeOf({ pay: [{ kind: 'declined', paymentId, declineCode: 'declined' }] }, { respondAsync: true });
    expect(left).toMatchObject({ status: 'cancelled', reason: 'payment-declined', events: ['order.cancelled.v1'], answer: 'reply' });
  });
});
