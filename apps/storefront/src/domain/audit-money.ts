import {
  type AuditedOrder,
  type AuditedRefund,
  type Case,
  type Fact,
  type Fault,
  fault,
  faultWhen,
  type Judgement,
  violationsOf,
} from './audit-facts.js';

/** How long a bank may have a refund in hand before its money counts as kept, milliseconds. Stripe's take days. */
const handMs = 7 * 86_400_000;

/** Refunds that the bank has taken and not given yet, each for no longer than a bank may take. */
export function refundsInHand({ of, now }: Pick<Case, 'of' | 'now'>, { id }: Pick<AuditedOrder, 'id'>): readonly Fact[] {
  return of('payment.refund-in-hand', id).filter(({ at }) => now.getTime() - at.getTime() <= handMs);
}

/** I5. */
export function moneyAddsUp(evidence: Case): Judgement {
  const { orders } = evidence;
  return { checked: orders.length, violations: orders.flatMap((order) => violationsOf(order, faultsOfMoney(evidence, order))) };
}

function faultsOfMoney(evidence: Case, order: AuditedOrder): readonly Fault[] {
  if (!evidence.isSettled(order) || order.state === 'open') return [];
  const [charges, refunds] = [evidence.of('payment.captured', order.id), evidence.of('payment.refunded', order.id)];
  const foreign = [...charges, ...refunds].filter(({ money }) => money && order.total && money.currency !== order.total.currency);
  if (foreign.length > 0) return [fault(`costs ${order.total?.currency}, its money moved in ${foreign[0]?.money?.currency}`, ...foreign)];
  const captured = sumOf(charges);
  const kept = captured - sumOf(refunds);
  if (kept < 0n) return [fault('got more money back than was taken', ...charges, ...refunds)];
  if (order.state === 'cancelled') {
    const isKept = kept > sumOfRefunds(order, 'written-off') + sumOf(refundsInHand(evidence, order));
    return faultWhen(isKept, `was cancelled, ${kept} of its money is kept`, ...charges, ...refunds);
  }
  const wrongPrice = order.total !== null && captured !== order.total.amount;
  return [
    ...faultWhen(wrongPrice, `costs ${order.total?.amount}, ${captured} was taken`, ...charges),
    ...(evidence.lacks('order', order.id) ? [] : faultsOfRefunds(evidence, order)),
  ];
}

/** Payment and order tell of the same refunds; payment alone of money that it took too late and gave back by itself: that refund has the payment's own id. */
function faultsOfRefunds(evidence: Case, order: AuditedOrder): readonly Fault[] {
  const { of, isSettled } = evidence;
  const { id, refunds: known, status, total } = order;
  const charges = new Set(of('payment.captured', id).map(rowOf));
  const paid = of('payment.refunded', id).filter((refund) => !charges.has(rowOf(refund)));
  if (known === null || paid.some((refund) => refund.rows.length === 0)) return [];
  const settled = [...paid, ...known].every(isSettled);
  if (!settled) return [];
  const returned = sumOfRefunds(order, 'succeeded');
  return [
    ...paid.flatMap((refund) =>
      faultsOfPaid(
        refund,
        known.find((told) => rowOf(told) === rowOf(refund)),
      ),
    ),
    ...known
      .filter((told) => told.status === 'succeeded' && !paid.some((refund) => rowOf(refund) === rowOf(told)))
      .map((told) => fault(`counts ${told.amount} as refunded by ${told.id}, payment does not`, told)),
    ...faultWhen(
      status === 'refunded' &&
        returned + sumOfRefunds(order, 'written-off') + sumOf(refundsInHand(evidence, order)) < (total?.amount ?? 0n),
      `is refunded, ${returned} of ${total?.amount} went back`,
      ...known,
    ),
    ...faultWhen(
      status !== 'refunded' && total !== null && returned >= total.amount,
      `is ${status}, all of its ${returned} went back`,
      ...known,
    ),
  ];
}

function faultsOfPaid(refund: Fact, told: AuditedRefund | undefined): readonly Fault[] {
  const amount = refund.money?.amount ?? 0n;
  if (!told) return [fault(`got ${amount} back by a refund that the order does not know`, refund)];
  if (told.status !== 'succeeded') return [fault(`got ${amount} back by ${told.id}, the order says ${told.status}`, refund, told)];
  return faultWhen(told.amount !== amount, `got ${amount} back by ${told.id}, the order says ${told.amount}`, refund, told);
}

function rowOf({ rows }: { readonly rows: Fact['rows'] }): string {
  return rows[0]?.id ?? '';
}

function sumOfRefunds({ refunds }: AuditedOrder, status: string): bigint {
  return (refunds ?? []).reduce((sum, refund) => (refund.status === status ? sum + refund.amount : sum), 0n);
}

function sumOf(facts: readonly Fact[]): bigint {
  return facts.reduce((sum, { money }) => sum + (money?.amount ?? 0n), 0n);
}
