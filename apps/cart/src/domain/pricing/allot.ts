import { apportion } from '@tandem/kernel';

/** A share by weight. Ids are unique; weights are not negative. */
export type Weighted = { readonly id: string; readonly weight: bigint };

/**
 * Splits `amount` by weight, exact to the last minor unit: shares sum to `amount`, each within one unit of its exact share and, while
 * `amount` is no more than all weights together, never above its weight. What rounding down leaves goes to the largest remainders, among
 * equals to the smallest id, so that the order of the lines is irrelevant. Nothing is split when all weights are zero.
 */
export function allot(amount: bigint, shares: readonly Weighted[]): ReadonlyMap<string, bigint> {
  const whole = shares.reduce((total, { weight }) => total + weight, 0n);
  if (whole === 0n || amount === 0n) return new Map(shares.map(({ id }) => [id, 0n]));
  const byId = [...shares].sort((a, b) => compare(a.id, b.id));
  const parts = apportion(
    amount,
    byId.map(({ weight }) => weight),
  );
  return new Map(byId.map(({ id }, place) => [id, parts[place] ?? 0n]));
}

/** `amount × millionths`, rounded half up; for amounts that are not negative. */
export function portionOf(amount: bigint, millionths: number): bigint {
  return (amount * BigInt(millionths) + 500_000n) / 1_000_000n;
}

export function compare<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
