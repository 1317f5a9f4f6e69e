import { compare, portionOf } from './allot.js';

/** Tax that is added on delivery to a place. Empty `region`: the whole country; empty `category`: all goods; `rate` in millionths. */
export type TaxRate = {
  readonly country: string;
  readonly region: string;
  readonly category: string;
  readonly title: string;
  readonly rate: number;
  readonly onShipping: boolean;
};

/** Where goods go: an ISO 3166-1 code, and the region as an address has it (`CA`, `us-ca`). */
export type Destination = { readonly country: string; readonly region: string };

/** What is taxed, after discounts, in minor units. */
export type Taxed = { readonly goods: readonly { readonly category: string; readonly minor: bigint }[]; readonly shipping: bigint };

/**
 * The tax that is added, minor units. All that falls under one rate is summed first and rounded half up once. Where no rate fits, the
 * price holds the tax already and nothing is added. Source: docs/reference/pricing.md, "Tax".
 */
export function taxOn({ goods, shipping }: Taxed, to: Destination | null, rates: readonly TaxRate[]): bigint {
  if (!to) return 0n;
  const here = rates.filter(({ country, region }) => country === to.country && (region === '' || region === regionOf(to)));
  const bases = new Map<TaxRate, bigint>();
  const put = (rate: TaxRate | undefined, minor: bigint): void => void (rate && bases.set(rate, (bases.get(rate) ?? 0n) + minor));
  for (const { category, minor } of goods) put(mostPrecise(here, category), minor);
  const general = mostPrecise(here, '');
  put(general?.onShipping ? general : undefined, shipping);
  return [...bases].reduce((tax, [{ rate }, base]) => tax + portionOf(base, rate), 0n);
}

/** A category's own rate before the general one, a region's before the country's. */
function mostPrecise(rates: readonly TaxRate[], category: string): TaxRate | undefined {
  const fitting = rates.filter((rate) => rate.category === '' || rate.category === category);
  return [...fitting].sort((a, b) => compare(b.region, a.region) || compare(b.category, a.category))[0];
}

function regionOf({ country, region }: Destination): string {
  const code = region.trim().toUpperCase();
  return code.startsWith(`${country}-`) ? code.slice(country.length + 1) : code;
}
