/** Every state an order can be in. Source: docs/reference/orders.md. */
export const orderStatuses = [
  'pending',
  'requires-action',
  'payment-unknown',
  'confirmed',
  'shipped',
  'delivered',
  'cancelled',
  'refunded',
] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** What may follow what. An order is delivered straight from confirmed when the carrier skips a scan. */
const transitions: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending: ['requires-action', 'payment-unknown', 'confirmed', 'cancelled'],
  'requires-action': ['payment-unknown', 'confirmed', 'cancelled'],
  'payment-unknown': ['requires-action', 'confirmed', 'cancelled'],
  confirmed: ['shipped', 'delivered', 'cancelled', 'refunded'],
  shipped: ['delivered', 'refunded'],
  delivered: ['refunded'],
  cancelled: [],
  refunded: [],
};

export function isOrderStatus(text: string): text is OrderStatus {
  return (orderStatuses as readonly string[]).includes(text);
}

export function canBecome(from: OrderStatus, to: OrderStatus): boolean {
  return transitions[from].includes(to);
}

/** The states that `to` may follow. */
export function statesBefore(to: OrderStatus): readonly OrderStatus[] {
  return orderStatuses.filter((from) => canBecome(from, to));
}

/** True while the checkout has not ended: the saga has the next word, or the bank. */
export function isOpen(status: OrderStatus): boolean {
  return status === 'pending' || status === 'requires-action' || status === 'payment-unknown';
}

/** What a shopper who wants to cancel is told. */
export type Cancellability = 'cancellable' | 'already-cancelled' | 'already-shipped' | 'order-not-cancellable';

const cancellabilities: Readonly<Record<OrderStatus, Cancellability>> = {
  pending: 'order-not-cancellable',
  'requires-action': 'order-not-cancellable',
  'payment-unknown': 'order-not-cancellable',
  confirmed: 'cancellable',
  shipped: 'already-shipped',
  delivered: 'already-shipped',
  cancelled: 'already-cancelled',
  refunded: 'order-not-cancellable',
};

export function cancellabilityOf(status: OrderStatus): Cancellability {
  return cancellabilities[status];
}

/** How long an order may wait for the bank or the shopper before its payment is taken back, milliseconds. With a last question to the bank and the void, 10 s each, an unknown payment ends within the promised 120 s; a challenge ends before the auditor counts the order as stuck, at ten minutes. */
export const patienceMs: Readonly<Record<'pending' | 'payment-unknown' | 'requires-action', number>> = {
  pending: 75_000,
  'payment-unknown': 45_000,
  'requires-action': 540_000,
};
