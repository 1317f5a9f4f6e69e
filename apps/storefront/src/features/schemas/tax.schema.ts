import type { cartV1 } from '@tandem/contracts';
import { z } from 'zod';
import { formed, line, present } from './common.schema.js';

const place = {
  country: formed(/^[A-Z]{2}$/, 'wants an ISO 3166-1 alpha-2 code, e.g. US'),
  region: z
    .string()
    .regex(/^[A-Z0-9]{1,3}$/, "wants a region's code, e.g. CA")
    .optional()
    .describe('Without it: the whole country'),
  category: z.string().min(1).max(100).optional().describe('A slug; without it: all goods'),
};
const rate = { rate: z.int().min(0).max(1_000_000).describe('Millionths: 72500 = 7.25 %'), onShipping: z.boolean() };

export const NewTaxRates = z
  .strictObject({ data: z.array(z.strictObject({ ...place, title: line(200), ...rate })).max(500) })
  .meta({ id: 'NewTaxRates' });
export const TaxRates = z
  .object({ data: z.array(z.object({ ...place, title: z.string(), ...rate }).meta({ id: 'TaxRate' })) })
  .meta({ id: 'TaxRates' });

export function taxRatesTo({ data }: z.infer<typeof NewTaxRates>): cartV1.TaxRates {
  return { rates: data.map(({ region = '', category = '', ...rest }) => ({ ...rest, region, category })) };
}

export function taxRatesFrom({ rates }: cartV1.TaxRates): z.infer<typeof TaxRates> {
  return {
    data: rates.map(({ country, region, category, title, rate: millionths, onShipping }) => ({
      country,
      ...present({ region: region || undefined, category: category || undefined }),
      title,
      rate: millionths,
      onShipping,
    })),
  };
}
