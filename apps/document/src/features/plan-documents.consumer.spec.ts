import type { OrderCancelledV1, OrderConfirmedV1, OrderRefundedV1 } from '@tandem/contracts';
import { newId, uuidOf } from '@tandem/host';
import { createSpecDatabase, pgJobs, type SpecDatabase } from '@tandem/host/testing';
import { pgDocuments } from '../adapters/pg-documents.js';
import { containedTaxesOfRefund } from '../domain/contained-tax.js';
import type { Amount, OrderFacts } from '../domain/facts.js';
import type { Documents } from '../domain/ports.js';
import { aLine, amountIn, seller } from '../domain/testing/orders.js';
import { aFreshOrder } from '../spec-documents.js';
import { Invoicing, PlanDocumentsOnOrder } from './plan-documents.consumer.js';
import { PlanDocuments } from './plan-documents.js';

const euros = amountIn('EUR');
const at = '2033-03-01T09:00:00.000Z';

describe('credit notes', () => {
  let db: SpecDatabase;
  let documents: Documents;
  let on: PlanDocumentsOnOrder;

  beforeAll(async () => {
    db = await createSpecDatabase('document');
    documents = pgDocuments(db.database);
    const jobs = pgJobs(db.database, () => undefined);
    const planDocuments = new PlanDocuments({ documents, jobs, outbox: db.outbox, now: () => new Date(at) });
    on = new PlanDocumentsOnOrder(planDocuments, new Invoicing(seller, documents));
  });
  beforeEach(() => db.pool.query('TRUNCATE document, number_series'));
  afterAll(() => db.drop());

  const confirmed = (order: OrderFacts) =>
    db.database.transaction((tx) => on.confirmed({ ...order, ownerId: newId('customer') } as unknown as OrderConfirmedV1, tx));
  const cancelled = ({ orderId }: OrderFacts, refund: { refundId: string; amount: Amount } | null, reason = 'changed my mind') =>
    db.database.transaction((tx) => on.cancelled({ orderId, refund, reason, cancelledAt: at } as unknown as OrderCancelledV1, tx));
  const refunded = ({ orderId }: OrderFacts, refund: { refundId: string; amount: Amount }, lines: OrderRefundedV1['lines'] = []) =>
    db.database.transaction((tx) =>
      on.refunded({ orderId, ...refund, lines, reason: 'broken', refundedAt: at } as unknown as OrderRefundedV1, tx),
    );
  const noteOf = async ({ orderId }: OrderFacts, { refundId }: { refundId: string }) => {
    const found = await documents.find({ orderId: uuidOf('order', orderId), kind: 'credit-note', reference: refundId });
    return found?.facts.kind === 'credit-note' ? { number: found.number, ...found.facts } : undefined;
  };
  const aRefund = (amount: Amount) => ({ refundId: newId('refund'), amount });

  it('are made of what a cancellation gives back, once however often it is told', async () => {
    const order = aFreshOrder();
    const all = aRefund(order.total);
    await confirmed(order);
    expect([(await cancelled(order, all)).kind, await cancelled(order, all)]).toEqual([
      'done',
      { kind: 'ignored', because: 'planned-before' },
    ]);
    expect(await noteOf(order, all)).toMatchObject({
      number: 'CN-2033-000001',
      invoiceNumber: 'INV-2026-000001',
      refund: { ...all, reason: 'changed my mind', refundedAt: at },
      order: { orderId: order.orderId, total: order.total },
    });
  });

  it('say why in the language of the order: its own reasons in words, somebody else’s as they are', async () => {
    const saidIn = async (locale: OrderFacts['locale'], reason: string) => {
      const order = aFreshOrder({ locale });
      const all = aRefund(order.total);
      await confirmed(order);
      await cancelled(order, all, reason);
      return (await noteOf(order, all))?.refund.reason;
    };
    expect([await saidIn('de', 'customer-request'), await saidIn('fr', 'customer-request'), await saidIn('de', 'toString')]).toEqual([
      'Auf Kundenwunsch',
      'À la demande du client',
      'toString',
    ]);
  });

  it('give back no more than was billed when part of an order was refunded before it was cancelled, tax by tax', async () => {
    const order = aFreshOrder({ lines: [aLine({ quantity: 2 }), aLine({ category: 'food' })] });
    const [part, rest] = [aRefund(euros(1_000)), aRefund(euros(order.total.amount - 1_000))];
    await confirmed(order);
    await refunded(order, part);
    await cancelled(order, rest);
    const notes = [await noteOf(order, part), await noteOf(order, rest)];
    expect(notes.map((note) => note?.number)).toEqual(['CN-2033-000001', 'CN-2033-000002']);
    const gross = notes.flatMap((note) => (note ? (containedTaxesOfRefund(note.order, note.refund.amount) ?? []) : []));
    expect(gross.reduce((sum, row) => sum + row.gross.amount, 0)).toBe(order.total.amount);
  });

  it('keep which units came back, where the refund was of lines', async () => {
    const order = aFreshOrder({ lines: [aLine({ quantity: 2 })] });
    const [some, amount] = [aRefund(euros(1_999)), aRefund(euros(100))];
    await confirmed(order);
    const lineId = order.lines[0]?.lineId ?? '';
    await refunded(order, some, [{ lineId, variantId: newId('variant'), quantity: 1 }]);
    await refunded(order, amount);
    expect((await noteOf(order, some))?.refund.lines).toEqual([{ lineId, quantity: 1 }]);
    expect(await noteOf(order, amount)).not.toHaveProperty('refund.lines');
  });

  it('are made where there is an invoice and money to give back, and take no number elsewhere', async () => {
    const [never, free, usual] = [aFreshOrder(), aFreshOrder(), aFreshOrder()];
    expect(await cancelled(never, aRefund(never.total))).toEqual({ kind: 'ignored', because: 'no-invoice' });
    await confirmed(free);
    expect(await cancelled(free, null)).toEqual({ kind: 'ignored', because: 'nothing-to-refund' });
    await confirmed(usual);
    const all = aRefund(usual.total);
    await Promise.all([cancelled(usual, all), cancelled(usual, all)]);
    expect((await noteOf(usual, all))?.number).toBe('CN-2033-000001');
  });
});
