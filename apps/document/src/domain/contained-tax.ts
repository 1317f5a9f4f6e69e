import type { Amount, OrderFacts } from './facts.js';

/** Rates in millionths by category; `standard` for every other. */
type Rates = { readonly standard: number } & Readonly<Record<string, number>>;

/**
 * What prices contain by destination, where they are shown with their tax. Data to show the mechanism, not tax advice.
 * Sources: European Commission, "VAT rates applied in the Member States" (2025); Japan NTA (consumption tax); Bahrain NBR (VAT since 2022).
 */
const containedRates: Readonly<Record<string, Rates>> = {
  AT: { standard: 200_000, food: 100_000, books: 100_000 },
  BE: { standard: 210_000, food: 60_000, books: 60_000 },
  BH: { standard: 100_000, food: 0 },
  DE: { standard: 190_000, food: 70_000, books: 70_000 },
  ES: { standard: 210_000, food: 100_000, books: 40_000 },
  FR: { standard: 200_000, food: 55_000, books: 55_000 },
  IT: { standard: 220_000, food: 100_000, books: 40_000 },
  JP: { standard: 100_000, food: 80_000 },
  NL: { standard: 210_000, food: 90_000, books: 90_000 },
};

/** One row of the table of taxes: what is taxed, without the tax, and the tax; together what was paid for it. */
export type TaxRow = { readonly rate: number; readonly net: Amount; readonly tax: Amount; readonly gross: Amount };

/**
 * The taxes an order's prices contain, by rate, highest first; their gross sums to the total. Shipping bears the standard rate. Everything of one rate
 * is summed after discounts and rounded half up once. `undefined` where tax was added instead, or no rate is known.
 */
export function containedTaxes({ lines, shipping, tax, total, shippingAddress: { country } }: OrderFacts): readonly TaxRow[] | undefined {
  const rates = Object.hasOwn(containedRates, country) ? containedRates[country] : undefined;
  if (!rates || tax.amount !== 0) return undefined;
  const gross = new Map<number, bigint>();
  const put = (rate: number, minor: number): void => void gross.set(rate, (gross.get(rate) ?? 0n) + BigInt(minor));
  for (const line of lines)
    put(
      Object.hasOwn(rates, line.category) ? (rates[line.category] ?? rates.standard) : rates.standard,
      line.total.amount - line.discount.amount,
    );
  put(rates.standard, shipping.amount);
  return rowsOf(gross, total.currency);
}

/** The part of a refund that is tax: the refund has the taxes of its order, in the same shares. The last row takes what rounding leaves. */
export function containedTaxesOfRefund(order: OrderFacts, amount: Amount): readonly TaxRow[] | undefined {
  const rows = containedTaxes(order);
  const whole = BigInt(order.total.amount);
  if (!rows || whole === 0n) return undefined;
  const shares = new Map<number, bigint>();
  let left = BigInt(amount.amount);
  rows.forEach(({ rate, gross }, index) => {
    const share = index === rows.length - 1 ? left : (BigInt(amount.amount) * BigInt(gross.amount)) / whole;
    left -= share;
    shares.set(rate, share);
  });
  return rowsOf(shares, amount.currency);
}

function rowsOf(gross: ReadonlyMap<number, bigint>, currency: Amount['currency']): readonly TaxRow[] {
  const paid = [...gross].filter(([, minor]) => minor !== 0n).sort(([a], [b]) => b - a);
  return paid.map(([rate, minor]) => {
    const tax = halfUp(minor * BigInt(rate), 1_000_000n + BigInt(rate));
    const amount = (value: bigint): Amount => ({ amount: Number(value), currency });
    return { rate, net: amount(minor - tax), tax: amount(tax), gross: amount(minor) };
  });
}

function halfUp(numerator: bigint, denominator: bigint): bigint {
  return (2n * numerator + denominator) / (2n * denominator);
}
