/** How many units of a variant there are; `seated` ones are numbered, and sold by their numbers. Ids are UUIDs. */
export type StockLevel = { readonly variantId: string; readonly onHand: number; readonly reserved: number; readonly seated: boolean };

/** A place where units lie. */
export type Location = { readonly id: string; readonly name: string };

/** How many units of a variant there are at one place. */
export type LocatedLevel = StockLevel & { readonly location: Location };

/** A numbered unit. `held`: an order that is not paid for has it, and may lose it again. */
export type SeatState = { readonly variantId: string; readonly label: string; readonly status: 'free' | 'held' | 'sold' };

/** What a shopper can still have. */
export function availableOf({ onHand, reserved }: Pick<StockLevel, 'onHand' | 'reserved'>): number {
  return onHand - reserved;
}

/** A variant's stock after a change. `rise`: by how much what is available rose; below 0 it fell. */
export type StockChange = { readonly variantId: string; readonly onHand: number; readonly available: number; readonly rise: number };

/** Whether a change made a variant run out or come back; `undefined` for all others. */
export function crossingOf({ available, rise }: StockChange): 'sold-out' | 'back-in-stock' | undefined {
  const before = available - rise;
  if (before > 0 && available === 0) return 'sold-out';
  if (before === 0 && available > 0) return 'back-in-stock';
  return undefined;
}

/** More units of one variant than this are a slip of the hand. The table's CHECK has the same number. */
export const mostOnHand = 1_000_000_000;
