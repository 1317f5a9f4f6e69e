import { type AuditedOrder, type Case, type Fault, fault, faultWhen, type Judgement, stuckAfterMs, violationsOf } from './audit-facts.js';
import { refundsInHand } from './audit-money.js';

/** How long money may be on its way back, or wait for an operator's word, milliseconds. */
const refundPatienceMs = 86_400_000;

/** I2. */
export function everyOrderHasOneState(evidence: Case): Judgement {
  const { orders, now } = evidence;
  const seen = new Set<string>();
  const violations = orders.flatMap((order) => {
    const { id, state, at } = order;
    const isTwice = seen.has(id);
    seen.add(id);
    if (isTwice) return violationsOf(order, [fault('the order is told twice')]);
    const isStuck = state === 'open' && now.getTime() - at.getTime() > stuckAfterMs;
    const stuck = faultWhen(isStuck, 'the order has been open for more than ten minutes');
    return violationsOf(order, [...stuck, ...faultsOfWaitingRefunds(evidence, order)]);
  });
  return { checked: orders.length, violations };
}

function faultsOfWaitingRefunds(evidence: Case, order: AuditedOrder): readonly Fault[] {
  const { now } = evidence;
  const inHand = new Set(refundsInHand(evidence, order).flatMap(({ rows }) => rows.map(({ id }) => id)));
  return (order.refunds ?? [])
    .filter(({ status, rows }) => status !== 'pending' || !rows.some(({ id }) => inHand.has(id)))
    .filter(({ status, at }) => (status === 'pending' || status === 'refused') && now.getTime() - at.getTime() > refundPatienceMs)
    .map((refund) =>
      fault(`its refund ${refund.id} of ${refund.amount} ${refund.currency} has been ${refund.status} for more than a day`, refund),
    );
}

/** What can only come after another thing has. */
const causes = [
  ['order.confirmed', 'shipment.created'],
  ['order.confirmed', 'points.awarded'],
  ['shipment.created', 'shipment.dispatched'],
  ['shipment.created', 'shipment.delivered'],
  ['points.awarded', 'points.reversed'],
  ['order.shipped', 'order.delivered'],
] as const;

/** I7. */
export function historiesAreInOrder({ orders }: Case): Judgement {
  const told = orders.filter(({ history }) => history.length > 0);
  return { checked: told.length, violations: told.flatMap((order) => violationsOf(order, faultsOfHistory(order))) };
}

function faultsOfHistory({ history, lastSequence, rows }: AuditedOrder): readonly Fault[] {
  const entries = { rows: rows.map((row) => ({ ...row, table: 'order_history' })) };
  const inverted = causes.filter(
    ([cause, effect]) => history.includes(cause) && history.includes(effect) && history.indexOf(effect) < history.indexOf(cause),
  );
  return [
    ...faultWhen(lastSequence !== history.length, `has ${history.length} entries, the last is number ${lastSequence}`, entries),
    ...faultWhen(history[0] !== 'order.placed', `begins with ${history[0]}`, entries),
    ...inverted.map(([cause, effect]) => fault(`has ${effect} before ${cause}`, entries)),
  ];
}
