import type { RefundId, OrderId } from '@tandem/kernel';
import type { Now, Tx } from '@tandem/kernel';
import { cancel, type Order } from '../domain/order.js';
import { cancellabilityOf } from '../domain/order-states.js';
import type { OrderStore, OwedStore } from '../domain/order-store.js';
import { leftOf } from '../domain/refund.js';
import type { RefundStore } from '../domain/refund-store.js';
import type { Cause } from './cause.js';

export type Cancelling =
  | { readonly kind: 'cancelled'; readonly order: Order }
  | { readonly kind: 'refused'; readonly because: 'already-shipped' | 'order-not-cancellable' | 'not-found' };

/** Locks an order's parcel against dispatch, or says that it is on its way. Idempotent. */
export type StopShipment = (orderId: OrderId, cause: Cause) => Promise<'stopped' | 'dispatched'>;

export type CancelParts = {
  readonly orders: OrderStore;
  readonly owed: OwedStore;
  readonly refunds: Pick<RefundStore, 'ofOrder'>;
  readonly stopShipment: StopShipment;
  readonly now: Now;
  readonly newRefundId: () => RefundId;
};

/** A cancellation that stopped the parcel and then broke off is ended after this time, milliseconds. */
const endedAfterMs = 10_000;

/** Cancels a confirmed order, in two halves: the parcel is stopped, then one transaction writes the rest. Asking again changes nothing. */
export class CancelOrder {
  constructor(private readonly parts: CancelParts) {}

  /**
   * Before the transaction. Once the parcel may have been stopped the order has to be cancelled, whoever gives up meanwhile: that is owed
   * first. Throws when shipping is away.
   */
  async stop(orderId: OrderId, reason: string, cause: Cause): Promise<Cancelling> {
    const order = await this.parts.orders.find(orderId);
    if (!order) return { kind: 'refused', because: 'not-found' };
    const cancellability = cancellabilityOf(order.status);
    if (cancellability === 'already-cancelled') return { kind: 'cancelled', order };
    if (cancellability !== 'cancellable') return { kind: 'refused', because: cancellability };
    await this.parts.owed.owe({ kind: 'cancel', orderId, reason }, endedAfterMs);
    if ((await this.parts.stopShipment(orderId, cause)) === 'stopped') return { kind: 'cancelled', order };
    await this.parts.owed.settle({ kind: 'cancel', orderId, reason });
    return { kind: 'refused', because: 'already-shipped' };
  }

  /** The transaction: state, history, event, the refund that is owed. */
  async run(tx: Tx, orderId: OrderId, reason: string): Promise<Cancelling> {
    const locked = await this.parts.orders.lock(tx, orderId);
    if (!locked) return { kind: 'refused', because: 'not-found' };
    const cancellability = cancellabilityOf(locked.order.status);
    if (cancellability === 'already-cancelled') return { kind: 'cancelled', order: locked.order };
    if (cancellability !== 'cancellable') return { kind: 'refused', because: cancellability };
    const order = cancel(locked.order, reason);
    const left = leftOf(order, await this.parts.refunds.ofOrder(tx, orderId));
    const refund = left.minor > 0n ? { refundId: this.parts.newRefundId(), amount: left } : null;
    await this.parts.orders.cancel(tx, order, { refund, at: this.parts.now() });
    return { kind: 'cancelled', order };
  }
}
