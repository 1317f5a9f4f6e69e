import type { StockBook } from '../domain/ports.js';
import type { LocatedLevel, SeatState, StockLevel } from '../domain/stock.js';

/** What there is of some variants now; unknown ones are left out. */
export class ReadAvailability {
  constructor(private readonly stock: StockBook) {}

  /** All locations together. */
  async run(variantIds: readonly string[]): Promise<readonly StockLevel[]> {
    return variantIds.length === 0 ? [] : this.stock.levels(variantIds);
  }

  byLocation(variantId: string): Promise<readonly LocatedLevel[]> {
    return this.stock.levelsByLocation(variantId);
  }

  async seats(variantIds: readonly string[]): Promise<readonly SeatState[]> {
    return variantIds.length === 0 ? [] : this.stock.seats(variantIds);
  }
}
