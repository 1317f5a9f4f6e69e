import type { Tx } from '@tandem/kernel';
import type { OrderLine, ReservationState, Short } from './reservation.js';
import type { LocatedLevel, Location, SeatState, StockChange, StockLevel } from './stock.js';

/** Whether all units were to be had. A shortage leaves everything as it was. */
export type Holding =
  { readonly kind: 'held'; readonly changes: readonly StockChange[] } | { readonly kind: 'short'; readonly short: readonly Short[] };

/** Where the units of a line were taken from. */
export type TakenPart = { readonly lineId: string; readonly locationId: string; readonly quantity: number };

/** What an order wants to hold. */
export type Wish = { readonly orderId: string; readonly lines: readonly OrderLine[]; readonly ttlSeconds: number };

/**
 * What orders hold, and at which locations (`allocate`). Every method locks the order's row first and then stock rows in the order of their ids, seats only under the lock of their stock, so that no two transactions
 * wait for each other in a circle; `holdOrdinarily`, which makes the row last, keeps other reservings of its order out meanwhile. Changes are answered in that order.
 */
export type Reservations = {
  /** Reserves for an order that is not known yet, all lines or none; `known` when there is a row already, which is left as it is. */
  hold(tx: Tx, wish: Wish): Promise<Holding | { readonly kind: 'known' }>;
  /** Reserves when that is all there is to do: the order is new, nothing is numbered, and the default location does not run out. False: nothing was written, `hold` decides. */
  holdOrdinarily(wish: Wish): Promise<boolean>;
  /** Locks the order's row until the end of the transaction. */
  stateOf(tx: Tx, orderId: string): Promise<ReservationState | undefined>;
  /** The same; an order that is not known becomes `released`, so that a later `hold` finds it so. */
  stateOrReleased(tx: Tx, orderId: string): Promise<ReservationState>;
  /** Holds the lines of an expired reservation once more. */
  holdAgain(tx: Tx, orderId: string, ttlSeconds: number): Promise<Holding>;
  /** Lets a reservation last for `ttlSeconds` from now; never shorter than it would have. */
  renew(tx: Tx, orderId: string, ttlSeconds: number): Promise<void>;
  /**
   * Sells what is reserved; `undefined` when the order holds nothing. In a transaction of its own without `tx`. Answers all parts when one
   * comes from elsewhere than the default location, else none.
   */
  take(orderId: string, tx?: Tx): Promise<readonly TakenPart[] | undefined>;
  /** The same of an order that has taken already. */
  partsOf(tx: Tx, orderId: string): Promise<readonly TakenPart[]>;
  /** Gives back what is reserved and ends as `released`. */
  free(tx: Tx, orderId: string): Promise<readonly StockChange[]>;
  /** Makes an expired reservation `released`. */
  close(tx: Tx, orderId: string): Promise<void>;
  /** Puts sold units back on hand, `causeId` being the refund or the order; never more of a line than was sold. Without `lines` all that is left. */
  putBack(
    tx: Tx,
    back: { readonly orderId: string; readonly causeId: string; readonly lines?: readonly ReturnedLine[] },
  ): Promise<readonly StockChange[]>;
  /** Expires at most `limit` reservations that are due by the database's clock; those another replica has in hand are left to it. */
  expireDue(tx: Tx, limit: number): Promise<{ readonly expired: number; readonly changes: readonly StockChange[] }>;
  /** Milliseconds until the next reservation is due, by the database's clock; `undefined` when nothing is reserved. */
  nextDueMs(): Promise<number | undefined>;
};

export type ReturnedLine = { readonly lineId: string; readonly quantity: number };

/** What a new variant begins with: units at the default location, of a seated one these seats; and units at others. */
export type FirstStock = {
  readonly variantId: string;
  readonly quantity: number;
  readonly seats: readonly string[];
  readonly elsewhere: readonly { readonly locationId: string; readonly quantity: number }[];
};

export type Correction = {
  readonly variantId: string;
  readonly locationId: string;
  readonly quantity: number;
  readonly reason: string;
  readonly causeId: string;
};

/** Units on hand and their ledger. */
export type StockBook = {
  /** Of all locations together. Unknown variants are left out. */
  levels(variantIds: readonly string[]): Promise<readonly StockLevel[]>;
  /** Location by location, the default one first. */
  levelsByLocation(variantId: string): Promise<readonly LocatedLevel[]>;
  /** The seats of variants, in their order. Variants without seats are left out. */
  seats(variantIds: readonly string[]): Promise<readonly SeatState[]>;
  /** First stock; a variant that has stock already stays as it is. */
  introduce(stock: readonly FirstStock[]): Promise<void>;
  /** Changes units on hand unless that would leave less than is reserved, or more than `mostOnHand`, or the variant is seated: then `undefined`. Answers all locations together. */
  adjust(tx: Tx, correction: Correction): Promise<StockLevel | undefined>;
  /** Inside the transaction of a failed adjustment, to tell why. */
  levelAt(tx: Tx, variantId: string, locationId: string): Promise<StockLevel | undefined>;
};

/** Places where stock lies. */
export type Locations = {
  /** The default one first, then by name. */
  all(): Promise<readonly Location[]>;
  /** False when the name is taken. */
  add(location: Location, tx?: Tx): Promise<boolean>;
  has(tx: Tx, id: string): Promise<boolean>;
};
