import type { Tx } from '@tandem/kernel';
import type { Lot } from './expiry.js';
import type { Holdings, Movement } from './points.js';

/** `earned`, `available`, `reversed` and `expired` are about what an order earned; `redeemed` and `returned` about what it was paid with. */
export type EntryKind = 'earned' | 'available' | 'reversed' | 'redeemed' | 'returned' | 'expired';
export type NewEntry = Movement & {
  readonly customerId: string;
  readonly orderId: string;
  readonly kind: EntryKind;
  readonly source?: string;
  readonly at: Date;
  readonly earnedBy?: { readonly ruleVersion: number; readonly tier: string };
};
export type OrderPoints = { readonly customerId: string; readonly earned: bigint; readonly held: Holdings };
export type Redeemed = { readonly customerId: string; readonly redeemed: bigint; readonly returned: bigint };

/** A customer whose points may end, and where it stands in the list of them. */
export type ExpiryCandidate = { readonly customerId: string; readonly place: string };
/** `cutoff`: points that became available before. `silentSince`: customers alone who were not told of their end since then. `after`: the last one of the page before. */
export type ExpiryPage = {
  readonly cutoff: Date;
  readonly silentSince?: Date;
  readonly after: ExpiryCandidate | undefined;
  readonly limit: number;
};

/** Old points, as far as they may end. Ids are UUIDs. */
export type PointsExpiry = {
  /** Customers who may have points that end: those whom nobody has looked at, and those with old points left when somebody did (`settle`) or that came since. */
  candidates(page: ExpiryPage): Promise<readonly ExpiryCandidate[]>;
  /** Notes that nothing ends that became available before `from`, null for nothing at all; until points become available, or are returned. Under the lock of the account. */
  settle(tx: Tx, customerId: string, from: Date | null): Promise<void>;
  /** A customer's lots, and what was redeemed and not returned; asked under the lock of the account. */
  lotsOf(tx: Tx, customerId: string): Promise<{ readonly lots: readonly Lot[]; readonly spent: bigint }>;
};

/** Delivered orders whose points wait for the end of the return window. */
export type PointsReleases = {
  /** Safe to repeat: the first time stays. */
  plan(tx: Tx, orderId: string, dueAt: Date): Promise<void>;
  /** Takes at most `limit` orders that are due; those another replica has in hand are left to it. By customer, so that no two batches wait for each other in a circle. */
  takeDue(tx: Tx, now: Date, limit: number): Promise<readonly string[]>;
};

/** The append-only ledger. Ids are UUIDs. */
export type PointsLedger = {
  /** False when the (order, kind, source) is there already: nothing is written then. */
  append(tx: Tx, entry: NewEntry): Promise<boolean>;
  /** Locks the customer's account, and answers what an order has earned and still holds; undefined when it earned nothing. */
  ofOrder(tx: Tx, orderId: string): Promise<OrderPoints | undefined>;
  /** Locks the customer's account, and answers what an order was paid with, and how much of that went back; undefined when it was paid without points. */
  redeemedBy(tx: Tx, orderId: string): Promise<Redeemed | undefined>;
};

export type LedgerLine = {
  readonly id: string;
  readonly sequence: bigint;
  readonly kind: string;
  readonly points: bigint;
  readonly orderId: string;
  readonly at: Date;
};

/** What a customer may read of the ledger. */
export type PointsStatement = {
  /** A customer's points. */
  balanceOf(customerId: string): Promise<Holdings>;
  /** What orders confirmed since then earned and kept: what was reversed does not count, what was spent does. Within a transaction by its own connection. */
  earnedSince(customerId: string, since: Date, tx?: Tx): Promise<bigint>;
  /** Lines before `sequence`, newest first. Their points sum to pending + available. */
  linesOf(customerId: string, before: bigint, limit: number): Promise<readonly LedgerLine[]>;
};

/** What was told of every account's tier: to its customer, when points become available, and to the other services. */
export type AccountTiers = {
  /** Notes what its customer is told; answers the one before, null for none. Under the lock of the account. */
  replace(tx: Tx, customerId: string, tier: string): Promise<string | null>;
  /** Locks the account, opened when there is none, and answers what the other services were told last; null for nothing. */
  toldOf(tx: Tx, customerId: string): Promise<string | null>;
  /** Notes what the other services are told. Under the lock of the account. */
  tell(tx: Tx, customerId: string, tier: string): Promise<void>;
  /** Accounts after `after`, what was told of them, and what they earned and kept since then, by id. */
  standings(
    since: Date,
    after: string,
    limit: number,
  ): Promise<readonly { readonly customerId: string; readonly told: string | null; readonly earned: bigint }[]>;
};

/** Who was told of points that end, and when. */
export type ExpiryWarnings = {
  /** Notes `now`; false when its customer was told after `silentSince`. */
  take(tx: Tx, customerId: string, moment: { readonly now: Date; readonly silentSince: Date }): Promise<boolean>;
};
