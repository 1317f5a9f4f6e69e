import type { FirstStock, StockBook } from '../domain/ports.js';

/** Gives new variants their first stock. A variant that has stock already stays as it is, so asking again changes nothing. */
export class IntroduceStock {
  constructor(private readonly stock: StockBook) {}

  async run(stock: readonly FirstStock[]): Promise<void> {
    if (stock.length > 0) await this.stock.introduce(stock);
  }
}
