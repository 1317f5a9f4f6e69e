import { type AuditedOrder, type Case, type Fact, type Fault, faultWhen, type Judgement, violationsOf } from './audit-facts.js';

/** I5. */
export function moneyAddsUp(evidence: Case): Judgement {
  const { orders } = evidence;
  return { checked: orders.length, violations: orders.flatMap((order) => violationsOf(order, faultsOfMoney(evidence, order))) };
}

function faultsOfMoney({ of, isSettled }: Case, order: AuditedOrder): readonly Fault[] {
  if (!isSettled(order) || order.state === 'open') return [];
  const [charges, refunds] = [of('payment.captured', order.id), of('payment.refunded', order.id)];
  const captured = sumOf(charges);
  const kept = captured - sumOf(refunds);
  if (kept < 0n) return faultWhen(true, 'got more money back than was taken', ...charges, ...refunds);
  if (order.state === 'cancelled') return faultWhen(kept !== 0n, `was cancelled, ${kept} of its money is kept`, ...charges, ...refunds);
  if (order.total === null) return [];
  return faultWhen(captured !== order.total.amount, `costs ${order.total.amount}, ${captured} was taken`, ...charges);
}

function sumOf(facts: readonly Fact[]): bigint {
  return facts.reduce((sum, { money }) => sum + (money?.amount ?? 0n), 0n);
}
