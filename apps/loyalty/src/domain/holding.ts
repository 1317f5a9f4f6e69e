import type { Tx } from '@tandem/kernel';

/** `held` sets points aside until its time is over; `spent` has paid with them; `released` is final and holds nothing. */
export type HoldState = 'held' | 'spent' | 'released';

/** What is known when points are to be held: the order's own hold, if there is one, and what the customer's other orders leave. */
export type HoldFacts = { readonly state: HoldState | undefined; readonly spendable: bigint };

export type Holding = { readonly kind: 'held' | 'insufficient' | 'released'; readonly spendable: bigint };

/** Whether an order may set `points` aside. What it has spent it keeps; `spendable` of the answer is what remains for other orders. */
export function hold({ state, spendable }: HoldFacts, points: bigint): Holding {
  if (state === 'released') return { kind: 'released', spendable };
  if (state === 'spent') return { kind: 'held', spendable };
  return points <= spendable ? { kind: 'held', spendable: spendable - points } : { kind: 'insufficient', spendable };
}

/** An order's wish for points. Ids are UUIDs. */
export type Wish = { readonly orderId: string; readonly customerId: string; readonly points: bigint; readonly ttlSeconds: number };

/** Points set aside, keyed by order. Times are the database's. */
export type PointsHolds = {
  /** Locks the customer's account, and answers what a wish is decided on. */
  facts(tx: Tx, wish: Pick<Wish, 'orderId' | 'customerId'>): Promise<HoldFacts>;
  /** Writes or renews a hold; false when the order was released meanwhile. A spent one stays as it is. */
  put(tx: Tx, wish: Wish): Promise<boolean>;
  /** Locks the customer's account, and makes the order's hold spent, whatever became of it, or there never was one. */
  spend(tx: Tx, spending: Omit<Wish, 'ttlSeconds'>): Promise<void>;
  /** Ends a hold, and keeps a later one of this order from beginning. What is spent stays spent. */
  release(orderId: string): Promise<void>;
  /** Ends a hold, if there is one; leaves nothing behind for an order that has none. */
  end(tx: Tx, orderId: string): Promise<void>;
  /** Forgets orders that released before they held `days` ago: no call of theirs is under way any more. */
  forget(days: number): Promise<void>;
  /** Available and not held by any order. */
  spendableOf(customerId: string): Promise<bigint>;
};
