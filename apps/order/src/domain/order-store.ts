import type { OrderId, Tx } from '@tandem/kernel';
import type { Owed } from './checkout.js';
import type { Order, PaymentStatus, RefundDue, Shipment } from './order.js';
import type { OrderStatus } from './order-states.js';
import type { OrderRefund } from './refund.js';
import type { ToldBefore } from './shipment-facts.js';

/** One line of an order's history before it has its number. */
export type HistoryLine = {
  readonly type: string;
  readonly at: Date;
  readonly data: Readonly<Record<string, unknown>>;
  /** The foreign event it came from: it is written once, whatever is delivered twice. */
  readonly sourceEventId?: string;
};

export type HistoryEntry = { readonly sequence: number; readonly type: string; readonly at: Date; readonly data: unknown };

/** What a fact changes on an order besides its history. Absent members stay. */
export type OrderChange = {
  readonly status?: 'shipped' | 'delivered';
  readonly paymentStatus?: PaymentStatus;
  readonly shipment?: Shipment;
  /** What the shopper is to hear of a parcel of `shipment`. */
  readonly astray?: { readonly status: 'lost' | 'returned'; readonly trackingCode: string; readonly isFurther: boolean };
};

export type OrderFilter = { readonly q?: string; readonly status?: OrderStatus; readonly from?: Date; readonly to?: Date };
export type OrderPage = { readonly orders: readonly Order[]; readonly next: bigint | null };

/** A fact's line in an order's history; `points` is added to what the order has earned. */
export type NotedFact = {
  readonly orderId: OrderId;
  readonly line: HistoryLine & { readonly sourceEventId: string };
  readonly points: number;
};

/** Orders after their checkout. Methods with `tx` belong to the caller's transaction. */
export type OrderStore = {
  find(id: OrderId): Promise<Order | undefined>;
  findByNumber(number: string): Promise<Order | undefined>;
  /** Locks the order until the transaction ends. `isKnown`: `sourceEventId` is in its history already. */
  lock(tx: Tx, id: OrderId, sourceEventId?: string): Promise<{ readonly order: Order; readonly isKnown: boolean } | undefined>;
  /** What the history of an order holds of one of its shipments. */
  toldOf(tx: Tx, id: OrderId, shipmentId: string): Promise<readonly ToldBefore[]>;
  /** Writes foreign facts that no decision hangs on, of different orders, in one statement. Answers how many: not those whose order is not here, or knows them already. */
  note(tx: Tx, facts: readonly NotedFact[]): Promise<number>;
  /** Writes `change` and the history lines, numbered on, to an order that is locked; a new state, or a parcel gone astray, publishes its event. */
  record(tx: Tx, order: Order, recording: { readonly lines: readonly HistoryLine[]; readonly change: OrderChange }): Promise<void>;
  /** Cancels a confirmed order that is locked: state, history, `order.cancelled`, the refund that is owed. */
  cancel(tx: Tx, order: Order, cancelling: { readonly refund: RefundDue | null; readonly at: Date }): Promise<void>;
  /** Notes on an order that is locked that money went back: state, history, `order.refunded`. `refundedMinor`: all that went back so far. */
  refund(
    tx: Tx,
    order: Order,
    noting: {
      readonly refund: OrderRefund;
      readonly refundedMinor: bigint;
      readonly isFull: boolean;
      readonly status: 'refunded' | null;
      readonly at: Date;
    },
  ): Promise<void>;
  history(id: OrderId, after: number, limit: number): Promise<readonly HistoryEntry[]>;
};

/** Lists, newest first; `before` is the last sequence of the page before. */
export type OrderLists = {
  ofOwner(ownerId: string, before: bigint | null, limit: number): Promise<OrderPage>;
  search(filter: OrderFilter, before: bigint | null, limit: number): Promise<OrderPage>;
};

/** The tier of every customer, as far as loyalty has told it. A confirmed order carries its customer's. */
export type CustomerTiers = {
  /** The newest that was told stands. */
  keep(tx: Tx, customerId: string, tier: string): Promise<void>;
};

/** What is owed to other services. A due one is handed out to one caller at a time. */
export type OwedStore = {
  owe(owed: Owed, afterMs: number): Promise<void>;
  takeDue(limit: number): Promise<readonly (Owed & { readonly attempts: number })[]>;
  settle(owed: Owed): Promise<void>;
  postpone(owed: Owed, because: string, againMs: number): Promise<void>;
};
