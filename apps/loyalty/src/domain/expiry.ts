/** Available points of one order: what it still counts for, and since when they can be spent. */
export type Lot = { readonly orderId: string; readonly points: bigint; readonly since: Date };

export type Ended = { readonly orderId: string; readonly points: bigint };

/**
 * What ends of a customer's lots that became available before `cutoff`. Points are spent oldest first, so `spent` (what was redeemed and
 * not returned) uses old lots up before they can end; and nothing ends that is not there to be spent (`spendable`).
 */
export function expiring(
  lots: readonly Lot[],
  { spent, spendable, cutoff }: { spent: bigint; spendable: bigint; cutoff: Date },
): readonly Ended[] {
  let room = spendable;
  const ended: Ended[] = [];
  for (const { orderId, points, since } of unspent(lots, spent)) {
    const ends = points < room ? points : room;
    if (since >= cutoff || ends <= 0n) continue;
    room -= ends;
    ended.push({ orderId, points: ends });
  }
  return ended;
}

/** When the oldest points became available that can still end, once `ended` have; null when none can. It holds until more become available, or are returned. */
export function expiresFrom(lots: readonly Lot[], { spent, ended }: { spent: bigint; ended: readonly Ended[] }): Date | null {
  const pointsOf = new Map(ended.map(({ orderId, points }) => [orderId, points]));
  return unspent(lots, spent).find(({ orderId, points }) => points > (pointsOf.get(orderId) ?? 0n))?.since ?? null;
}

/** What spending has left of each lot, oldest first. */
function unspent(lots: readonly Lot[], spent: bigint): readonly Lot[] {
  let paid = spent;
  return [...lots]
    .sort((a, b) => a.since.getTime() - b.since.getTime() || (a.orderId < b.orderId ? -1 : 1))
    .flatMap((lot) => {
      const used = paid < lot.points ? paid : lot.points;
      paid -= used;
      return used < lot.points ? [{ ...lot, points: lot.points - used }] : [];
    });
}
