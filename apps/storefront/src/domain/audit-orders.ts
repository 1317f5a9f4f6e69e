import { type AuditedOrder, type Case, type Fault, faultWhen, type Judgement, stuckAfterMs, violationsOf } from './audit-facts.js';

/** I2. */
export function everyOrderHasOneState({ orders, now }: Case): Judgement {
  const seen = new Set<string>();
  const violations = orders.flatMap((order) => {
    const { id, state, at } = order;
    const isTwice = seen.has(id);
    seen.add(id);
    if (isTwice) return violationsOf(order, faultWhen(true, 'the order is told twice'));
    const isStuck = state === 'open' && now.getTime() - at.getTime() > stuckAfterMs;
    return violationsOf(order, faultWhen(isStuck, 'the order has been open for more than ten minutes'));
  });
  return { checked: orders.length, violations };
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
    ...inverted.flatMap(([cause, effect]) => faultWhen(true, `has ${effect} before ${cause}`, entries)),
  ];
}
