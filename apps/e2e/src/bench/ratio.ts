/** How many times as much the second of each pair is: the geometric mean, and between which bounds it lies (two standard errors, about 95 of 100 times). */
export type Ratio = { readonly mean: number; readonly low: number; readonly high: number };

/** The mean of the pairs' ratios. What makes both of a pair slow cancels out, and twice as much weighs what half as much does. Throws for less than two pairs. */
export function ratioOf(pairs: readonly (readonly [before: number, after: number])[]): Ratio {
  if (pairs.length < 2) throw new RangeError(`a spread takes two pairs or more, got ${pairs.length}`);
  const logs = pairs.map(([before, after]) => Math.log(after / before));
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (logs.length - 1);
  const error = Math.sqrt(variance / logs.length);
  return { mean: Math.exp(mean), low: Math.exp(mean - 2 * error), high: Math.exp(mean + 2 * error) };
}
