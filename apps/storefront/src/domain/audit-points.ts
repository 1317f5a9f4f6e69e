import { type Case, faultWhen, type Judgement, violationsOf } from './audit-facts.js';

/** I6. */
export function pointsAddUp({ all, orders, of, isSettled, gaveUp }: Case): Judgement {
  const unbalanced = all('ledger.sum').flatMap(({ quantity, subject, rows }) =>
    violationsOf({ id: subject, rows }, faultWhen(quantity !== 0n, `the ledger sums to ${quantity}`)),
  );
  const wrong = orders
    .filter((order) => isSettled(order) && order.state === 'cancelled' && !gaveUp('loyalty', order.id))
    .flatMap((order) => {
      const entries = of('points.entry', order.id);
      const points = entries.reduce((sum, { quantity }) => sum + (quantity ?? 0n), 0n);
      return violationsOf(order, faultWhen(points !== 0n, `was cancelled and keeps ${points} points`, ...entries));
    });
  return { checked: all('ledger.sum').length + all('points.entry').length, violations: [...unbalanced, ...wrong] };
}
