import { Controller } from '@nestjs/common';
import type { cartV1 } from '@tandem/contracts';
import { Rpc } from '@tandem/host';
import { z } from 'zod';
import type { TaxRate } from '../domain/pricing/tax.js';
import { isCountry } from './cart-input.js';
import { KeepTaxRates } from './keep-tax-rates.js';
import { misfit } from './misfit.js';

const placeOf = ({ country, region, category }: TaxRate): string => `${country}/${region}/${category}`;
const Rate = z.object({
  country: z.string().refine(isCountry, 'wants an ISO 3166-1 alpha-2 code'),
  region: z.string().regex(/^[A-Z0-9]{0,3}$/, "wants a region's code without its country, e.g. CA"),
  category: z.string().max(100),
  title: z.string().trim().min(1).max(200),
  rate: z.int().min(0).max(1_000_000),
  onShipping: z.boolean(),
});
const Rates = z
  .array(Rate)
  .max(5_000)
  .refine((rates) => new Set(rates.map(placeOf)).size === rates.length, 'must not name a place and category twice');

/** Tax rates, by staff. */
@Controller()
export class KeepTaxRatesGrpc {
  constructor(private readonly taxRates: KeepTaxRates) {}

  @Rpc('CartService', 'listTaxRates', ['staff'])
  async list(): Promise<cartV1.TaxRates> {
    return { rates: [...(await this.taxRates.list())] };
  }

  @Rpc('CartService', 'replaceTaxRates', ['staff'])
  async replace({ rates }: cartV1.TaxRates): Promise<cartV1.TaxRates> {
    const parsed = Rates.safeParse(rates);
    if (parsed.success) return { rates: [...(await this.taxRates.replace(parsed.data))] };
    throw misfit(parsed.error, ['data']);
  }
}
