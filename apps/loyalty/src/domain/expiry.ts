/** Available points of one order: what it still counts for, and since when they can be spent. */
export type Lot = { readonly orderId: string; readonly points: bigint; readonly since: Date };

/**
 * What ends of a customer's lots that became available before `cutoff`. Points are spent oldest first, so `spent` (what was redeemed and
 * not returned) uses old lots up before they can end; and nothing ends that is not there to be spent (`spendable`).
 */
export function expiring(
  lots: readonly Lot[],
  { spent, spendable, cutoff }: { spent: bigint; spendable: bigint; cutoff: Date },
): readonly { readonly orderId: string; readonly points: bigint }[] {
  let [paid, room] = [spent, spendable];
  const ended: { orderId: string; points: bigint }[] = [];
  for (const { orderId, points, since } of [...lots].sort(
    (a, b) => a.since.getTime() - b.since.getTime() || (a.orderId < b.orderId ? -1 : 1),
  )) {
    const used = paid < points ? paid : points;
    paid -= used;
    const left = points - used;
    const ends = left < room ? left : room;
    if (since >= cutoff || ends <= 0n) continue;
    room -= ends;
    ended.push({ orderId, points: ends });
  }
  return ended;
}
