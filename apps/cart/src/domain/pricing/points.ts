/** What points pay for: `isLastToPay` when the goods are all there is to pay, shipping being free. Minor units. */
export type PointsTill = { readonly wanted: bigint; readonly minorPerPoint: bigint; readonly goods: bigint; readonly isLastToPay: boolean };

/**
 * How many points a cart redeems, and what they are worth: as many as are wanted, in whole points, up to what the goods cost after
 * promotions. Shipping and tax are paid with money, and something always is: a bank charges no zero.
 */
export function redeem({ wanted, minorPerPoint, goods, isLastToPay }: PointsTill): { readonly points: bigint; readonly value: bigint } {
  const payable = isLastToPay && goods > 0n ? goods - 1n : goods;
  const most = payable / minorPerPoint;
  const points = wanted < most ? wanted : most;
  return { points, value: points * minorPerPoint };
}
