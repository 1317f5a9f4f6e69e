import { type AuditedOrder, type Case, type Fact, type Fault, fault, faultWhen, type Judgement, violationsOf } from './audit-facts.js';

/** I6. How many points an order's goods are worth is loyalty's rule, which is not repeated here. */
export function pointsAddUp(evidence: Case): Judgement {
  const { all, orders } = evidence;
  const unbalanced = all('ledger.sum').flatMap(({ quantity, subject, rows }) =>
    violationsOf({ id: subject, rows }, faultWhen(quantity !== 0n, `the ledger sums to ${quantity}`)),
  );
  const wrong = orders.flatMap((order) => violationsOf(order, faultsOfPoints(evidence, order)));
  return { checked: all('ledger.sum').length + all('points.entry').length, violations: [...unbalanced, ...wrong] };
}

function faultsOfPoints(evidence: Case, order: AuditedOrder): readonly Fault[] {
  const { id, state, status } = order;
  if (!evidence.isSettled(order) || state === 'open' || evidence.lacks('loyalty', id)) return [];
  const entries = evidence.of('points.entry', id);
  const [kept, spent] = [sumOf(entries, 'earned', 'reversed', 'expired'), -sumOf(entries, 'redeemed', 'returned')];
  const ends = state === 'cancelled' ? 'was cancelled' : status === 'refunded' ? 'was refunded in full' : null;
  if (ends !== null)
    return [
      ...faultWhen(kept !== 0n, `${ends} and keeps ${kept} points`, ...entries),
      ...faultWhen(spent !== 0n, `${ends}, ${spent} points it was paid with are not returned`, ...entries),
    ];
  return [...faultsOfSpending(order, entries), ...faultsOfSharing(order, entries), ...faultsOfTelling(evidence, order, entries)];
}

function faultsOfSpending({ customerId, pointsRedeemed }: AuditedOrder, entries: readonly Fact[]): readonly Fault[] {
  if (customerId === null || pointsRedeemed === null) return [];
  const spent = -sumOf(entries, 'redeemed');
  return faultWhen(spent !== pointsRedeemed, `was paid with ${pointsRedeemed} points, ${spent} were spent`, ...entries);
}

/** A refund moves its share of both, rounded down for all refunds together; older ones were rounded one by one. Source: docs/reference/loyalty.md, "Reversal". */
function faultsOfSharing({ total, refunds }: AuditedOrder, entries: readonly Fact[]): readonly Fault[] {
  const given = (refunds ?? []).filter(({ status, cause }) => status === 'succeeded' && cause === 'staff');
  if (refunds === null || total === null || total.amount <= 0n || entries.some(({ detail }) => detail === 'expired')) return [];
  const refunded = given.reduce((sum, { amount }) => sum + amount, 0n);
  const play = BigInt(Math.max(given.length - 1, 0));
  const faultOf = (of: bigint, moved: bigint, word: string): readonly Fault[] => {
    const share = (of * refunded) / total.amount;
    const isWrong = moved > share || moved < share - play;
    return isWrong ? [fault(`had ${refunded} of ${total.amount} refunded, ${moved} of its ${of} points ${word}`, ...entries)] : [];
  };
  return [
    ...faultOf(sumOf(entries, 'earned'), -sumOf(entries, 'reversed'), 'were taken back'),
    ...faultOf(-sumOf(entries, 'redeemed'), sumOf(entries, 'returned'), 'were returned'),
  ];
}

/** What the ledger has is what the order was told. */
function faultsOfTelling({ lacks }: Case, { id, pointsEarned }: AuditedOrder, entries: readonly Fact[]): readonly Fault[] {
  if (pointsEarned === null || lacks('order', id)) return [];
  const earned = sumOf(entries, 'earned', 'reversed');
  return faultWhen(earned !== pointsEarned, `has earned ${earned} points in the ledger, the order was told ${pointsEarned}`, ...entries);
}

function sumOf(entries: readonly Fact[], ...kinds: readonly string[]): bigint {
  return entries.reduce((sum, { detail, quantity }) => (kinds.includes(detail) ? sum + (quantity ?? 0n) : sum), 0n);
}
