/** How many units of a variant there are. Ids are UUIDs. */
export type StockLevel = { readonly variantId: string; readonly onHand: number; readonly reserved: number };

/** What a shopper can still have. */
export function availableOf({ onHand, reserved }: StockLevel): number {
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
