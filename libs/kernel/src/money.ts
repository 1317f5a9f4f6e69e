import { invariant } from './invariant.js';

/** An ISO 4217 code of a currency this shop knows. */
export type Currency = keyof typeof exponents;

/** An amount in minor units of its currency (cents, yen, fils). Never a fraction, never a float. */
export type Money = { readonly minor: bigint; readonly currency: Currency };

/** Digits after the decimal point. Source: ISO 4217, table A.1. */
const exponents = { EUR: 2, USD: 2, JPY: 0, BHD: 3 } as const;

/** The currencies prices are seeded and accepted in. */
export const currencies = Object.keys(exponents) as readonly Currency[];

export function isCurrency(code: string): code is Currency {
  return Object.hasOwn(exponents, code);
}

export function money(minor: bigint, currency: Currency): Money {
  return { minor, currency };
}

export function zero(currency: Currency): Money {
  return money(0n, currency);
}

/** The sum. Two currencies in one sum are a bug of the caller: throws `BrokenInvariant`. */
export function add(a: Money, b: Money): Money {
  return money(a.minor + sameCurrency(a, b).minor, a.currency);
}

export function subtract(a: Money, b: Money): Money {
  return money(a.minor - sameCurrency(a, b).minor, a.currency);
}

export function times(a: Money, quantity: number): Money {
  return money(a.minor * BigInt(quantity), a.currency);
}

export function equals(a: Money, b: Money): boolean {
  return a.currency === b.currency && a.minor === b.minor;
}

export function sum(amounts: readonly Money[], currency: Currency): Money {
  return amounts.reduce(add, zero(currency));
}

/** Minor units that make one whole unit: 100 for EUR, 1 for JPY, 1000 for BHD. */
export function minorPerUnit(currency: Currency): bigint {
  return 10n ** BigInt(exponents[currency]);
}

/** `1999 EUR` → `19.99`; `500 JPY` → `500`. For people; never parsed back. */
export function toDecimal({ minor, currency }: Money): string {
  const digits = exponents[currency];
  if (digits === 0) return minor.toString();
  const padded = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0');
  return `${minor < 0n ? '-' : ''}${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
}

function sameCurrency(a: Money, b: Money): Money {
  invariant(a.currency === b.currency, `cannot combine ${a.currency} and ${b.currency}`);
  return b;
}
