import { cancellabilityOf, canBecome, isOpen, orderStatuses, statesBefore } from './order-states.js';

describe('the states of an order', () => {
  it('follow each other as the table says, and never leave an end', () => {
    const pairs = orderStatuses.flatMap((from) => orderStatuses.filter((to) => canBecome(from, to)).map((to) => `${from} → ${to}`));
    expect(pairs).toEqual([
      'pending → requires-action',
      'pending → payment-unknown',
      'pending → confirmed',
      'pending → cancelled',
      'requires-action → payment-unknown',
      'requires-action → confirmed',
      'requires-action → cancelled',
      'payment-unknown → requires-action',
      'payment-unknown → confirmed',
      'payment-unknown → cancelled',
      'confirmed → shipped',
      'confirmed → delivered',
      'confirmed → cancelled',
      'confirmed → refunded',
      'shipped → delivered',
      'shipped → refunded',
      'delivered → refunded',
    ]);
  });

  it('are cancelled only before the parcel is on its way, and confirmed only out of an open checkout', () => {
    expect(statesBefore('cancelled')).toEqual(['pending', 'requires-action', 'payment-unknown', 'confirmed']);
    expect(statesBefore('confirmed')).toEqual(orderStatuses.filter(isOpen));
  });

  it('tell a shopper why an order cannot be cancelled', () => {
    expect(Object.fromEntries(orderStatuses.map((status) => [status, cancellabilityOf(status)]))).toEqual({
      pending: 'order-not-cancellable',
      'requires-action': 'order-not-cancellable',
      'payment-unknown': 'order-not-cancellable',
      confirmed: 'cancellable',
      shipped: 'already-shipped',
      delivered: 'already-shipped',
      cancelled: 'already-cancelled',
      refunded: 'order-not-cancellable',
    });
  });
});
