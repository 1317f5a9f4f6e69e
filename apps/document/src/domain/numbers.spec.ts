import { packingSlipNumber, seriesOf } from './numbers.js';
import { anOrder, seller } from './testing/orders.js';

describe('the numbers of documents', () => {
  const order = anOrder({ confirmedAt: '2026-12-31T23:59:59.999Z' });

  it('are counted by kind and year, of what the document tells of', () => {
    const refund = { refundId: 'ref_1', amount: order.total, reason: 'r', refundedAt: '2027-01-01T00:00:00.000Z' };
    expect([
      seriesOf({ kind: 'invoice', order, seller }),
      seriesOf({ kind: 'credit-note', order, seller, refund, invoiceNumber: 'INV-1' }),
      seriesOf({ kind: 'packing-slip', order, seller }),
    ]).toEqual(['INV-2026', 'CN-2027', undefined]);
  });

  it('are, of a packing slip, that of its order', () => {
    expect(packingSlipNumber('7K3QZ9XA')).toBe('PS-7K3QZ9XA');
  });
});
