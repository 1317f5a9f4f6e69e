import type { OrderId, Tx } from '@tandem/kernel';
import type { TimelineEntry } from './checkout.js';

/** Something that is under way for an order and has no end yet. */
export type Saga = {
  readonly orderId: OrderId;
  readonly kind: 'checkout' | 'release' | 'cancel' | 'refund';
  /** `running`: by `owner`; `waiting`: for the bank, the shopper, or its next turn; `undoing`: to be taken back; `owed`: a call to another service; `refused`: given up, an operator decides. */
  readonly state: 'running' | 'waiting' | 'undoing' | 'owed' | 'refused';
  readonly ageMs: number;
  readonly owner: string | null;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly dueAt: Date;
  readonly orderStatus: string | null;
};

export type SagaAction = { readonly at: Date; readonly actor: string; readonly action: 'retry' | 'cancel'; readonly reason: string };
export type SagaDetail = {
  readonly orderId: OrderId;
  readonly sagas: readonly Saga[];
  readonly timeline: readonly TimelineEntry[];
  readonly actions: readonly SagaAction[];
};
/** What an order has been through: the calls made for it, and its history with the events of other services its lines come from. */
export type Journey = {
  readonly timeline: readonly TimelineEntry[];
  readonly lines: readonly { readonly type: string; readonly at: Date; readonly eventId: string | null }[];
};
export type SagaPage = { readonly sagas: readonly Saga[]; readonly next: string | null };

/** Who steers, and why; kept for the auditor. */
export type Steering = { readonly orderId: OrderId; readonly actor: string; readonly reason: string };

/** What an operator sees of the sagas, and does to them. */
export type SagaStore = {
  /** Oldest first; `after` is the last page's `next`. */
  list(after: string | null, limit: number): Promise<SagaPage>;
  /** `undefined` when the order is not known and nothing is under way for it. With what `tx` has done, where one is given. */
  find(orderId: OrderId, tx?: Tx): Promise<SagaDetail | undefined>;
  /** Up to 100 lines of history; `undefined` when the order is not known. */
  journey(orderId: OrderId): Promise<Journey | undefined>;
  /** Makes all that is under way due at once; how many were. What was given up is not its business. */
  retry(tx: Tx, orderId: OrderId): Promise<number>;
  /** Marks an open checkout to be undone, by a run that is not under way yet, and writes refused refunds off; how many were. */
  cancel(tx: Tx, orderId: OrderId, ending: string): Promise<number>;
  note(tx: Tx, action: SagaAction['action'], steering: Steering): Promise<void>;
};
