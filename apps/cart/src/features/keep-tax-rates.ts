import type { Database } from '@tandem/kernel';
import type { TaxRates } from '../domain/ports.js';
import type { TaxRate } from '../domain/pricing/tax.js';

/** Tax rates as staff keeps them: the whole list at once, so that no order is taxed by half of a change. */
export class KeepTaxRates {
  constructor(
    private readonly database: Database,
    private readonly rates: TaxRates,
  ) {}

  list(): Promise<readonly TaxRate[]> {
    return this.rates.all();
  }

  async replace(rates: readonly TaxRate[]): Promise<readonly TaxRate[]> {
    await this.database.transaction((tx) => this.rates.replace(tx, rates));
    return this.rates.all();
  }
}
