import type { StockBook } from '../domain/ports.js';
import type { StockLevel } from '../domain/stock.js';

/** What there is of some variants now; unknown ones are left out. */
export class ReadAvailability {
  constructor(private readonly stock: StockBook) {}

  async run(variantIds: readonly string[]): Promise<readonly StockLevel[]> {
    return variantIds.length === 0 ? [] : this.stock.levels(variantIds);
  }
}
