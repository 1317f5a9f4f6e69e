/**
 * Splits `total` in proportion to `weights`, by largest remainder: every part is its exact share rounded down, and what is left goes one by one to
 * the parts that lost most (the earlier one of two that lost alike). The parts always sum to `total`. Without any weight the last part has all.
 */
export function apportion(total: bigint, weights: readonly bigint[]): readonly bigint[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0n);
  if (whole === 0n) return weights.map((_, index) => (index === weights.length - 1 ? total : 0n));
  const parts = weights.map((weight, index) => ({ index, floor: (total * weight) / whole, lost: (total * weight) % whole }));
  let left = total - parts.reduce((sum, { floor }) => sum + floor, 0n);
  const shares = parts.map(({ floor }) => floor);
  for (const { index, floor } of [...parts].sort((a, b) => (a.lost === b.lost ? a.index - b.index : a.lost < b.lost ? 1 : -1))) {
    if (left === 0n) break;
    shares[index] = floor + 1n;
    left -= 1n;
  }
  return shares;
}
