import { everyEffectHappensOnce, everyEffectHasAnOrder } from './audit-effects.js';
import { type Case, type Evidence, type Invariant, type Judgement, openCase } from './audit-facts.js';
import { moneyAddsUp } from './audit-money.js';
import { everyOrderHasOneState, historiesAreInOrder } from './audit-orders.js';
import { pointsAddUp } from './audit-points.js';
import { queuesDrain } from './audit-queues.js';
import { stockIsConserved } from './audit-stock.js';

type Judge = { readonly id: string; readonly title: string; readonly remedy: string; readonly judge: (evidence: Case) => Judgement };

const judges: readonly Judge[] = [
  {
    id: 'I1',
    title: 'Every effect belongs to an order that exists',
    remedy: 'Compare the service that holds the effect with a backup of order: one of the two was restored to another moment.',
    judge: everyEffectHasAnOrder,
  },
  {
    id: 'I2',
    title: 'Every order is in one state, and none is stuck',
    remedy: 'npm run saga -- show <order> tells its last error; retry runs it again from the top, cancel takes it back.',
    judge: everyOrderHasOneState,
  },
  {
    id: 'I3',
    title: 'Exactly one payment, mail, parcel and invoice per order, one credit note per refund, and points for customers',
    remedy:
      "Look at the order's events and at /ops/v1/dead-letters?orderId=…; what is missing is replayed, what came twice is refunded or told to the shopper. A cancelled order's label that no letter explains: its parcel has left; have the carrier bring it back, or take its units off by /admin/v1/stock-adjustments.",
    judge: everyEffectHappensOnce,
  },
  {
    id: 'I4',
    title: 'Stock is conserved and never negative, and a seat is one order’s',
    remedy:
      'Count the shelf and put the difference into /admin/v1/stock-adjustments with its reason; of two orders with one seat, refund the one that /v1/products/<product>/seats does not sell it to.',
    judge: stockIsConserved,
  },
  {
    id: 'I5',
    title: 'Money taken equals the totals of confirmed orders',
    remedy:
      "Compare with the bank by the order's id; give back what is too much by /v1/orders/<order>/refunds. A refund that payment and order tell differently: npm run saga -- retry <order>, else mend the row that is wrong.",
    judge: moneyAddsUp,
  },
  {
    id: 'I6',
    title: 'The points ledger is balanced and fits the orders',
    remedy:
      "Replay the order's dead letters, loyalty's and order's; what no letter explains was changed by hand: put it right by an entry of its own, never by changing one.",
    judge: pointsAddUp,
  },
  {
    id: 'I7',
    title: "Every order's history is whole and in a possible order",
    remedy:
      "Look at /v1/orders/<order>/events: a consumer took a message before an earlier one of the same order; keep both and the service's log.",
    judge: historiesAreInOrder,
  },
  {
    id: 'I8',
    title: 'Nothing that should drain has waited for ten minutes',
    remedy:
      'docs/how-to/work-with-dead-letters.md: see which consumer is sick or which broker is away, and why; mend it, then replay or discard what is set aside. What the log refuses stays in the outbox with the reason in its column refused.',
    judge: queuesDrain,
  },
];

/** Judges what all services hold to be true. A young order may still lack effects, one of which a message waits those of the group it waits at; never has it one twice. */
export function audit(evidence: Evidence): readonly Invariant[] {
  const opened = openCase(evidence);
  return judges.map(({ judge, ...named }) => ({ ...named, ...judge(opened) }));
}
