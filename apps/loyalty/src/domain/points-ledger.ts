import type { Tx } from '@tandem/kernel';
import type { Holdings, Movement } from './points.js';

/** `earned`, `available`, `reversed` and `expired` are about what an order earned; `redeemed` and `returned` about what it was paid with. */
export type EntryKind = 'earned' | 'available' | 'reversed' | 'redeemed' | 'returned' | 'expired';
export type NewEntry = Movement & { readonly customerId: string; readonly orderId: string; readonly kind: EntryKind; readonly source?: string; readonly at: Date };
export type OrderPoints = { readonly customerId: string; readonly earned: bigint; readonly held: Holdings };
export type Redeemed = { readonly customerId: string; readonly redeemed: bigint; readonly returned: bigint };

/** The append-only ledger. Ids are UUIDs. */
export type PointsLedger = {
  /** False when the (order, kind, source) is there already: nothing is written then. */
  append(tx: Tx, entry: NewEntry): Promise<boolean>;
  /** What an order has earned and still holds; undefined when it earned nothing. */
  ofOrder(tx: Tx, orderId: string): Promise<OrderPoints | undefined>;
  /** What an order was paid with, and how much of that went back; undefined when it was paid without points. */
  redeemedBy(tx: Tx, orderId: string): Promise<Redeemed | undefined>;
};

export type LedgerLine = { readonly id: string; readonly sequence: bigint; readonly kind: string; readonly points: bigint; readonly orderId: string; readonly at: Date };

/** What a customer may read of the ledger. */
export type PointsStatement = {
  /** A customer's points, and all it ever earned and kept: what was reversed does not count. */
  balanceOf(customerId: string): Promise<Holdings & { readonly earned: bigint }>;
  /** Lines before `sequence`, newest first. Their points sum to pending + available. */
  linesOf(customerId: string, before: bigint, limit: number): Promise<readonly LedgerLine[]>;
};
