import { newUuid, toPublicId } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { money } from '@tandem/kernel';
import type { Payment } from '../domain/payment.js';
import { pgAuditFacts } from './pg-audit-facts.js';
import { PgPaymentStore } from './pg-payment-store.js';

const now = new Date('2026-01-02T03:04:05.000Z');
const amount = money(1_000n, 'EUR');

describe('payments in PostgreSQL', () => {
  let db: SpecDatabase;
  let store: PgPaymentStore;

  beforeAll(async () => {
    db = await createSpecDatabase('payment');
    store = new PgPaymentStore(db.database, db.outbox, () => now);
  });
  afterAll(() => db.drop());

  const aPayment = () => store.open({ orderId: newUuid(), attempt: 1, amount, paymentMethod: 'pm_card_visa' });
  const captured = async (): Promise<Payment> => store.settle((await aPayment()).id, { status: 'captured', chargeId: 'ch_1' });
  const eventsOf = ({ orderId }: Payment) => db.events(toPublicId('order', orderId));

  const openRefund = (refundId: string, orderId: string, wanted: Parameters<typeof store.openRefund>[0]['amount']) =>
    store.openRefund({ refundId, giving: 1, orderId, amount: wanted });

  it('open once per attempt, however many ask at once; the first to ask says how much', async () => {
    const orderId = newUuid();
    const opened = await Promise.all(
      [1n, 2n, 3n, 4n].map((minor) => store.open({ orderId, attempt: 1, amount: money(minor, 'JPY'), paymentMethod: 'pm_card_visa' })),
    );
    expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
    expect(await store.find({ orderId, attempt: 1 })).toEqual(opened[0]);
    expect(await store.find({ orderId, attempt: 2 })).toBeUndefined();
  });

  it('that are never to be made start at their end; a charge under way keeps its own', async () => {
    const attempt = { orderId: newUuid(), attempt: 1 };
    const voided = await store.openVoided(attempt, amount);
    expect(voided.status).toBe('voided');
    expect(await store.open({ ...attempt, amount, paymentMethod: 'pm_card_visa' })).toEqual(voided);
    const underWay = await aPayment();
    expect(await store.openVoided(underWay, amount)).toEqual(underWay);
  });

  it('are not told of while somebody waits for the answer', async () => {
    const payment = await captured();
    expect(await store.settleAndTell(payment.id, { status: 'captured', chargeId: 'ch_1' })).toEqual(payment);
    expect(await eventsOf(payment)).toEqual([]);
  });

  it('are settled once and told once, however many settle at once', async () => {
    const payment = await aPayment();
    const settled = await Promise.all([1, 2, 3].map(() => store.settleAndTell(payment.id, { status: 'captured', chargeId: 'ch_1' })));
    expect(settled).toEqual(settled.map(() => ({ ...payment, status: 'captured', chargeId: 'ch_1' })));
    const facts = { orderId: toPublicId('order', payment.orderId), paymentId: toPublicId('payment', payment.id), at: now.toISOString() };
    expect(await eventsOf(payment)).toEqual([
      { type: 'payment.captured.v1', key: facts.orderId, data: { ...facts, amount: { amount: 1_000, currency: 'EUR' } } },
    ]);
  });

  it('keep their end: a late decline changes nothing, a void ends a capture', async () => {
    const payment = await captured();
    expect((await store.settle(payment.id, { status: 'declined', declineCode: 'late' })).status).toBe('captured');
    expect(await store.settle(payment.id, { status: 'voided' })).toEqual({ ...payment, status: 'voided' });
    expect((await store.settle(payment.id, { status: 'captured', chargeId: 'ch_2' })).status).toBe('voided');
    expect((await eventsOf(payment)).map(({ type }) => type)).toEqual([]);
  });

  it('set refunds aside under a lock: of twenty that race for half of it, none goes above what was captured', async () => {
    const { orderId } = await captured();
    const opened = await Promise.all(Array.from({ length: 20 }, () => openRefund(newUuid(), orderId, money(100n, 'EUR'))));
    const kinds = opened.map((refund) => (refund.kind === 'refused' ? refund.because : refund.kind)).sort();
    expect(kinds).toEqual([...Array.from({ length: 10 }, () => 'opened'), ...Array.from({ length: 10 }, () => 'refund-exceeds-payment')]);
  });

  it('answer a refund that is asked for again with what it was, and tell of it once', async () => {
    const payment = await captured();
    const refundId = newUuid();
    const opened = await openRefund(refundId, payment.orderId, money(300n, 'EUR'));
    expect(opened).toEqual({ kind: 'opened', payment, giving: 1, amount: money(300n, 'EUR'), remainingMinor: 700n });
    expect(await openRefund(refundId, payment.orderId, money(999n, 'USD'))).toEqual(opened);
    if (opened.kind === 'opened')
      await Promise.all([
        store.settleRefund({ refundId: refundId, giving: 1 }, opened),
        store.settleRefund({ refundId: refundId, giving: 1 }, opened),
      ]);
    expect(await openRefund(refundId, payment.orderId, money(300n, 'EUR'))).toEqual({ ...opened, kind: 'done' });
    expect((await eventsOf(payment)).map(({ type, data }) => [type, data['remaining']])).toEqual([
      ['payment.refunded.v1', { amount: 700, currency: 'EUR' }],
    ]);
  });

  it('tell what remains by what truly went back: of two halves under way the first leaves a half', async () => {
    const payment = await captured();
    const halves = [newUuid(), newUuid()];
    for (const half of halves) await openRefund(half, payment.orderId, money(500n, 'EUR'));
    for (const half of [...halves].reverse())
      await store.settleRefund({ refundId: half, giving: 1 }, { payment, amount: money(500n, 'EUR') });
    expect((await eventsOf(payment)).map(({ data }) => data['remaining'])).toEqual([
      { amount: 500, currency: 'EUR' },
      { amount: 0, currency: 'EUR' },
    ]);
  });

  it('take the share of a refund back that the bank refused, but never of one that was paid', async () => {
    const payment = await captured();
    const [dropped, paid] = [newUuid(), newUuid()];
    await openRefund(dropped, payment.orderId, money(600n, 'EUR'));
    await store.dropRefund({ refundId: dropped, giving: 1 });
    const opened = await openRefund(paid, payment.orderId, amount);
    if (opened.kind === 'opened') await store.settleRefund({ refundId: paid, giving: 1 }, opened);
    await store.dropRefund({ refundId: paid, giving: 1 });
    expect((await openRefund(newUuid(), payment.orderId, money(1n, 'EUR'))).kind).toBe('refused');
  });

  it('have nothing to give back of an order that was not captured', async () => {
    expect(await openRefund(newUuid(), newUuid(), amount)).toEqual({ kind: 'not-found' });
    expect(await openRefund(newUuid(), (await aPayment()).orderId, amount)).toEqual({ kind: 'not-found' });
  });

  it('are told to the auditor page by page, none twice', async () => {
    const { orderId } = await captured();
    const refundId = newUuid();
    const opened = await openRefund(refundId, orderId, money(300n, 'EUR'));
    if (opened.kind === 'opened') await store.settleRefund({ refundId: refundId, giving: 1 }, opened);
    const all = await pgAuditFacts(db.database).page('', 1_000);
    const paged: (typeof all.facts)[number][] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const page = await pgAuditFacts(db.database).page(cursor, 2);
      paged.push(...page.facts);
      cursor = page.nextCursor === '' ? undefined : page.nextCursor;
    }
    const ageless = (facts: typeof all.facts) => facts.map((fact) => ({ ...fact, ageMs: null })); // it grows between two looks
    expect(ageless(paged)).toEqual(ageless(all.facts));
    expect(all.facts.slice(-2).map(({ kind, subject, money: shown }) => ({ kind, subject, shown }))).toEqual([
      { kind: 'payment.captured', subject: toPublicId('order', orderId), shown: { amount: '1000', currency: 'EUR' } },
      { kind: 'payment.refunded', subject: toPublicId('order', orderId), shown: { amount: '300', currency: 'EUR' } },
    ]);
    expect(all.facts.at(-1)?.rows).toEqual([{ table: 'refund', id: refundId }]);
  });

  it('refuse an id nobody made', async () => {
    await expect(store.settle(newUuid(), { status: 'captured' })).rejects.toThrow('there is no payment');
  });
});
