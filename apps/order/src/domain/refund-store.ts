import type { OrderId, RefundId, Tx } from '@tandem/kernel';
import type { OrderRefund } from './refund.js';

/** Where a refund stands among those of its order. */
export type RefundPlace = Pick<OrderRefund, 'createdAt' | 'id'>;

/** A refund, and which time its money is given. */
export type Giving = Pick<OrderRefund, 'id' | 'giving'>;

/** Refunds to be looked at. */
export type RefundList = {
  /** Those of an order, in the order they were asked for; `after` is the last of the page before. */
  page(orderId: OrderId, after: RefundPlace | null, limit: number): Promise<readonly OrderRefund[]>;
};

/** Refunds of orders. Whoever opens or ends one holds its order's lock. */
export type RefundStore = {
  ofOrder(tx: Tx, orderId: OrderId): Promise<readonly OrderRefund[]>;
  /** Sets a refund aside; whoever pays debts asks the bank for it after `afterMs`. Setting it aside again changes nothing. */
  open(tx: Tx, refund: OrderRefund, opening: { readonly requestedBy: string | null; readonly afterMs: number }): Promise<void>;
  /** Whoever pays debts asks the bank for it within seconds. */
  hurry(tx: Tx, id: RefundId): Promise<void>;
  /** Ends a giving that has no end yet; `false` when it has one, or is not the one that stands. What was refused may succeed after all, unless its money came back. */
  end(tx: Tx, giving: Giving, end: 'succeeded' | 'refused', because?: string): Promise<boolean>;
  /** The money of a refund that had succeeded came back: refused, until it is given again. `false` when it had not, or is not known. */
  fail(tx: Tx, id: RefundId, because: string): Promise<boolean>;
  /** A refund that was refused is asked for again at once. */
  revive(tx: Tx, id: RefundId): Promise<void>;
  /** Forgets a refund that never went anywhere, if it is still the one that this request asked for. What was told of stays. */
  drop(tx: Tx, id: RefundId, requestHash: Uint8Array): Promise<void>;
};
