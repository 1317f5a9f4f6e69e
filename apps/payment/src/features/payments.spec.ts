import { newUuid, toPublicId } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase, type SpecSandbox, startSpecSandbox } from '@tandem/host/testing';
import { money } from '@tandem/kernel';
import { PgPaymentStore } from '../adapters/pg-payment-store.js';
import { sandboxBank } from '../adapters/sandbox-bank.js';
import { ChargeOrder, chargeOf } from './charge-order.js';
import { FindPayment } from './find-payment.js';
import { RefundPayment } from './refund-payment.js';
import { VoidPayment } from './void-payment.js';

const amount = money(1_000n, 'EUR');

describe('payments at the sandbox bank', () => {
  let sandbox: SpecSandbox;
  let db: SpecDatabase;
  let payments: PgPaymentStore;
  let bank: ReturnType<typeof sandboxBank>;
  let impatient: ReturnType<typeof sandboxBank>;

  beforeAll(async () => {
    [sandbox, db] = await Promise.all([startSpecSandbox(), createSpecDatabase('payment')]);
    payments = new PgPaymentStore(db.database, db.outbox, () => new Date());
    bank = sandboxBank({ url: sandbox.url, deadlineMs: 5_000 });
    impatient = sandboxBank({ url: sandbox.url, deadlineMs: 300 });
  });
  afterAll(async () => {
    await Promise.all([bank.close(), impatient.close()]);
    await Promise.all([sandbox.end(), db.drop()]);
  });

  const anOrder = (paymentMethod = 'pm_card_visa') => ({ orderId: newUuid(), attempt: 1, amount, paymentMethod });
  const booksOf = async (what: 'charges' | 'refunds', orderId: string) =>
    (await sandbox.ask('GET', `/bank/${what}?limit=100&orderId=${toPublicId('order', orderId)}`))['data'] as {
      status: string;
      amount: { amount: number };
    }[];
  const statusOf = async (wanted: { orderId: string; attempt: number }) => (await payments.find(wanted))?.status;

  it('are charged once, however often the order asks; the answer stays the same', async () => {
    const wanted = anOrder();
    const charge = new ChargeOrder(payments, bank);
    const charged = await Promise.all([1, 2, 3].map(() => charge.run(wanted)));
    const stored = await payments.find(wanted);
    expect(stored?.status).toBe('captured');
    expect(charged).toEqual(charged.map(() => ({ kind: 'payment', payment: stored })));
    expect(await booksOf('charges', wanted.orderId)).toHaveLength(1);
    expect(await charge.run(wanted)).toEqual(charged[0]);
  });

  it('stay unknown while the bank is silent; looking finds what was taken', async () => {
    const wanted = anOrder('pm_card_timeout_charged');
    expect(await new ChargeOrder(payments, impatient).run(wanted)).toMatchObject({ kind: 'payment', payment: { status: 'unknown' } });
    expect(await new FindPayment(payments, bank).run(wanted)).toMatchObject({ status: 'captured', chargeId: expect.any(String) as string });
  });

  it('end voided when a charge and a void race, and then no money stays taken', async () => {
    const orders = Array.from({ length: 12 }, () => anOrder());
    const [charge, voiding] = [new ChargeOrder(payments, bank), new VoidPayment(payments, bank)];
    await Promise.all(
      orders.map((wanted, n) =>
        Promise.all(n % 2 === 0 ? [charge.run(wanted), voiding.run(wanted, amount)] : [voiding.run(wanted, amount), charge.run(wanted)]),
      ),
    );
    expect(await Promise.all(orders.map(statusOf))).toEqual(orders.map(() => 'voided'));
    const taken = (await Promise.all(orders.map(({ orderId }) => booksOf('charges', orderId))))
      .flat()
      .filter(({ status }) => status !== 'voided');
    expect(taken).toEqual([]);
  });

  it('can be voided before they were asked for; a charge that comes later takes nothing', async () => {
    const wanted = anOrder();
    expect(await new VoidPayment(payments, bank).run(wanted, amount)).toMatchObject({ kind: 'payment', payment: { status: 'voided' } });
    expect(await new ChargeOrder(payments, bank).run(wanted)).toMatchObject({ kind: 'payment', payment: { status: 'voided' } });
    expect(await booksOf('charges', wanted.orderId)).toEqual([]);
  });

  it('end as the bank has it when it refuses to void: a decline nobody heard of', async () => {
    const wanted = anOrder('pm_card_declined');
    const payment = await payments.open(wanted);
    await bank.charge(chargeOf(payment));
    await payments.settle(payment.id, { status: 'unknown' });
    expect(await new VoidPayment(payments, bank).run(wanted, amount)).toMatchObject({
      kind: 'payment',
      payment: { status: 'declined', declineCode: 'card-declined' },
    });
  });

  it('give back no more than was captured when twenty refunds race', async () => {
    const wanted = anOrder();
    await new ChargeOrder(payments, bank).run(wanted);
    const refund = new RefundPayment(payments, bank);
    const ends = await Promise.all(
      Array.from({ length: 20 }, () => refund.run({ refundId: newUuid(), giving: 1, orderId: wanted.orderId, amount: money(100n, 'EUR') })),
    );
    expect(ends.filter(({ kind }) => kind === 'refunded')).toHaveLength(10);
    expect(ends.filter((end) => end.kind === 'refused' && end.because === 'refund-exceeds-payment')).toHaveLength(10);
    expect((await booksOf('refunds', wanted.orderId)).reduce((total, { amount: { amount: minor } }) => total + minor, 0)).toBe(1_000);
    expect((await db.events(toPublicId('order', wanted.orderId))).filter(({ type }) => type === 'payment.refunded.v1')).toHaveLength(10);
  });

  it("give money back once, also when we died between the bank's yes and our note of it", async () => {
    const wanted = anOrder();
    await new ChargeOrder(payments, bank).run(wanted);
    const command = { refundId: newUuid(), giving: 1, orderId: wanted.orderId, amount: money(400n, 'EUR') };
    const dying = Object.create(payments, { settleRefund: { value: () => Promise.reject(new Error('killed')) } }) as PgPaymentStore;
    await expect(new RefundPayment(dying, bank).run(command)).rejects.toThrow('killed');
    const refunded = { kind: 'refunded', amount: money(400n, 'EUR'), remainingMinor: 600n };
    expect([await new RefundPayment(payments, bank).run(command), await new RefundPayment(payments, bank).run(command)]).toEqual([
      refunded,
      refunded,
    ]);
    expect(await booksOf('refunds', wanted.orderId)).toHaveLength(1);
  });

  it('say that the bank is away when nothing reached it, and charge when it is back', async () => {
    const wanted = anOrder();
    await sandbox.ask('PUT', '/faults', { bank: { down: true } });
    expect(await new ChargeOrder(payments, bank).run(wanted)).toEqual({ kind: 'unavailable' });
    await sandbox.ask('PUT', '/faults', { bank: {} });
    expect(await new ChargeOrder(payments, bank).run(wanted)).toMatchObject({ payment: { status: 'captured' } });
  });
});
