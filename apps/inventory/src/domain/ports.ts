import type { Tx } from '@tandem/kernel';
import type { OrderLine, ReservationState, Short } from './reservation.js';
import type { StockChange, StockLevel } from './stock.js';

/** Whether all units were to be had. A shortage leaves everything as it was. */
export type Holding = { readonly kind: 'held'; readonly changes: readonly StockChange[] } | { readonly kind: 'short'; readonly short: readonly Short[] };

/** What an order wants to hold. */
export type Wish = { readonly orderId: string; readonly lines: readonly OrderLine[]; readonly ttlSeconds: number };

/**
 * What orders hold. Every method locks the order's row first and then stock rows in the order of their ids, so that no two transactions
 * wait for each other in a circle; `holdOrdinarily`, which makes the row last, keeps other reservings of its order out meanwhile. Changes are answered in that order.
 */
export type Reservations = {
  /** Reserves for an order that is not known yet, all lines or none; `known` when there is a row already, which is left as it is. */
  hold(tx: Tx, wish: Wish): Promise<Holding | { readonly kind: 'known' }>;
  /** Reserves when that is all there is to do: the order is new, there is enough, and no variant runs out. False: nothing was written, `hold` decides. */
  holdOrdinarily(wish: Wish): Promise<boolean>;
  /** Locks the order's row until the end of the transaction. */
  stateOf(tx: Tx, orderId: string): Promise<ReservationState | undefined>;
  /** The same; an order that is not known becomes `released`, so that a later `hold` finds it so. */
  stateOrReleased(tx: Tx, orderId: string): Promise<ReservationState>;
  /** Holds the lines of an expired reservation once more. */
  holdAgain(tx: Tx, orderId: string, ttlSeconds: number): Promise<Holding>;
  /** Lets a reservation last for `ttlSeconds` from now; never shorter than it would have. */
  renew(tx: Tx, orderId: string, ttlSeconds: number): Promise<void>;
  /** Sells what is reserved; false when the order holds nothing. In a transaction of its own without `tx`. */
  take(orderId: string, tx?: Tx): Promise<boolean>;
  /** Gives back what is reserved and ends as `released`. */
  free(tx: Tx, orderId: string): Promise<readonly StockChange[]>;
  /** Makes an expired reservation `released`. */
  close(tx: Tx, orderId: string): Promise<void>;
  /** Puts sold units back on hand, `causeId` being the refund or the order; never more of a line than was sold. Without `lines` all that is left. */
  putBack(tx: Tx, back: { readonly orderId: string; readonly causeId: string; readonly lines?: readonly ReturnedLine[] }): Promise<readonly StockChange[]>;
  /** Expires at most `limit` reservations that are due by the database's clock; those another replica has in hand are left to it. */
  expireDue(tx: Tx, limit: number): Promise<{ readonly expired: number; readonly changes: readonly StockChange[] }>;
  /** Milliseconds until the next reservation is due, by the database's clock; `undefined` when nothing is reserved. */
  nextDueMs(): Promise<number | undefined>;
};

export type ReturnedLine = { readonly lineId: string; readonly quantity: number };

/** Units on hand and their ledger. */
export type StockBook = {
  /** Unknown variants are left out. */
  levels(variantIds: readonly string[]): Promise<readonly StockLevel[]>;
  /** First stock; a variant that has stock already stays as it is. */
  introduce(stock: readonly { readonly variantId: string; readonly quantity: number }[]): Promise<void>;
  /** Changes units on hand unless that would leave less than is reserved, or more than `mostOnHand`: then `undefined`. */
  adjust(tx: Tx, adjustment: { readonly variantId: string; readonly quantity: number; readonly reason: string; readonly causeId: string }): Promise<StockLevel | undefined>;
  /** Inside the transaction of a failed adjustment, to tell why. */
  levelOf(tx: Tx, variantId: string): Promise<StockLevel | undefined>;
};
