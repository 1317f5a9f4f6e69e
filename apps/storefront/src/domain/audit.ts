import {
  type AuditedOrder,
  type Case,
  detailOf,
  type Evidence,
  type Fact,
  type Invariant,
  openCase,
  type Violation,
} from './audit-facts.js';

/** What an order may keep open before it counts as stuck, milliseconds. */
const stuckAfterMs = 600_000;

/** Facts that only an order can cause. */
const effects = ['payment.captured', 'payment.refunded', 'mail.sent', 'shipment', 'points.entry', 'stock.sold', 'document'];

type Judgement = { readonly checked: number; readonly violations: readonly Violation[] };
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
      "Look at the order's events and at /ops/v1/dead-letters?orderId=…; what is missing is replayed, what came twice is refunded or told to the shopper.",
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
    remedy: "Compare with the bank by the order's id; give back what is too much by /v1/orders/<order>/refunds.",
    judge: moneyAddsUp,
  },
  {
    id: 'I6',
    title: 'The points ledger is balanced and fits the orders',
    remedy: "Replay loyalty's dead letters of the order; a ledger that does not sum to zero was changed by hand.",
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
    remedy: 'docs/how-to/work-with-dead-letters.md: see which consumer is sick or which broker is away, and why.',
    judge: queuesDrain,
  },
];

/** Judges what all services hold to be true. An order that is young, or of which a message waits somewhere, may still lack effects, never have one twice. */
export function audit(evidence: Evidence): readonly Invariant[] {
  const opened = openCase(evidence);
  return judges.map(({ judge, ...named }) => ({ ...named, ...judge(opened) }));
}

function everyEffectHasAnOrder({ orders, all }: Case): Judgement {
  const known = new Set(orders.map(({ id }) => id));
  const caused = effects.flatMap((kind) => all(kind));
  const orphans = caused.filter(({ subject }) => !known.has(subject));
  return { checked: caused.length, violations: orphans.map(({ kind, subject }) => ({ subject, message: `${kind} without an order` })) };
}

function everyOrderHasOneState({ orders, now }: Case): Judgement {
  const seen = new Set<string>();
  const violations = orders.flatMap(({ id, state, at }) => {
    const isTwice = seen.has(id);
    seen.add(id);
    if (isTwice) return [{ subject: id, message: 'the order is told twice' }];
    return state === 'open' && now.getTime() - at.getTime() > stuckAfterMs
      ? [{ subject: id, message: 'the order has been open for more than ten minutes' }]
      : [];
  });
  return { checked: orders.length, violations };
}

function everyEffectHappensOnce(evidence: Case): Judgement {
  return {
    checked: evidence.orders.length,
    violations: evidence.orders.flatMap((order) =>
      [...repeatedEffects(evidence, order), ...missingEffects(evidence, order)].map((message) => ({ subject: order.id, message })),
    ),
  };
}

function repeatedEffects({ of }: Case, { id }: AuditedOrder): readonly string[] {
  const mails = of('mail.sent', id).map(({ detail }) => detail);
  const awards = of('points.entry', id).filter(({ detail }) => detail === 'earned');
  return [
    ...(of('payment.captured', id).length > 1 ? ['was charged more than once'] : []),
    ...mails.filter((kind, index) => mails.indexOf(kind) !== index).map((kind) => `got the mail ${kind} more than once`),
    ...(parcelsOf(of('shipment', id)).length > 1 ? ['has more than one shipment'] : []),
    ...(of('document', id).filter(({ detail }) => detail.startsWith('invoice ')).length > 1 ? ['has more than one invoice'] : []),
    ...(awards.length > 1 ? ['earned points more than once'] : []),
  ];
}

/** Shipments that have a label; others are only planned, or were refused by the carrier. */
function parcelsOf(shipments: readonly Fact[]): readonly Fact[] {
  return shipments.filter(({ detail }) => detail !== 'planned' && detail !== 'refused');
}

function missingEffects(evidence: Case, order: AuditedOrder): readonly string[] {
  if (!evidence.isSettled(order)) return [];
  if (order.state === 'confirmed') return [...missingOfConfirmed(evidence, order), ...faultsOfCreditNotes(evidence, order)];
  const keepsLabel = evidence.of('shipment', order.id).some(({ detail }) => detail === 'created') && !evidence.gaveUp('shipping', order.id);
  return [
    ...(order.state === 'cancelled' && keepsLabel ? ['was cancelled, its label is not voided'] : []),
    ...faultsOfCreditNotes(evidence, order),
  ];
}

/** Only what was invoiced is credited. What a cancellation gave back payment alone tells, once the bank has done it, which may be after the note; other refunds are in the history as soon as they are true. */
function faultsOfCreditNotes({ of, gaveUp }: Case, { id, state, history }: AuditedOrder): readonly string[] {
  const documents = of('document', id).map(({ detail }) => detail);
  if (gaveUp('document', id) || !documents.some((detail) => detail.startsWith('invoice '))) return [];
  const refunds = state === 'cancelled' ? of('payment.refunded', id).length : history.filter((type) => type === 'order.refunded').length;
  const planned = documents.filter((detail) => detail.startsWith('credit-note ')).length;
  const made = documents.filter((detail) => detail === 'credit-note made' || detail === 'credit-note cancelled').length;
  return [
    ...(planned > refunds + (state === 'cancelled' ? 1 : 0) ? [`has ${planned} credit notes for ${refunds} refunds`] : []),
    ...(made < refunds ? [`has ${made} credit notes made for ${refunds} refunds`] : []),
  ];
}

function missingOfConfirmed({ of, gaveUp }: Case, order: AuditedOrder): readonly string[] {
  const { id, customerId } = order;
  const hasParcel = parcelsOf(of('shipment', id)).length > 0;
  return [
    ...(of('payment.captured', id).length === 0 ? ['was never charged'] : []),
    ...(of('mail.sent', id).some(({ detail }) => detail === 'order.confirmed') || gaveUp('notification', id)
      ? []
      : ['got no mail of its confirmation']),
    ...(hasParcel || gaveUp('shipping', id) ? [] : ['has no shipment']),
    ...(of('document', id).some(({ detail }) => hasInvoice(detail)) || gaveUp('document', id) ? [] : ['has no invoice']),
    ...(customerId !== null && isWorthPoints(order) && of('points.entry', id).length === 0 && !gaveUp('loyalty', id)
      ? ['earned no points']
      : []),
    ...(customerId === null && of('points.entry', id).length > 0 ? ['earned points though it is a guest’s'] : []),
  ];
}

/** A shopper may have taken the making of it back. */
function hasInvoice(detail: string): boolean {
  return detail === 'invoice made' || detail === 'invoice cancelled';
}

/** Goods this cheap may rightly earn none, whatever the rule: twice what the usual rule asks for. Minor units. Source: docs/reference/loyalty.md. */
function isWorthPoints({ goods, total }: AuditedOrder): boolean {
  return goods !== null && goods >= ({ JPY: 200n, BHD: 2_000n, EUR: 200n, USD: 200n }[total?.currency ?? ''] ?? goods + 1n);
}

function stockIsConserved(evidence: Case): Judgement {
  const { all, orders } = evidence;
  const levels = all('stock').flatMap((fact) => faultsOfStock(fact).map((message) => ({ subject: fact.subject, message })));
  const sold = orders.flatMap((order) => faultsOfSale(evidence, order).map((message) => ({ subject: order.id, message })));
  return { checked: all('stock').length + orders.length, violations: [...levels, ...sold] };
}

function faultsOfStock(fact: Fact): readonly string[] {
  const detail = detailOf(fact);
  const count = (name: string): bigint => BigInt(Number(detail[name] ?? 0));
  const onHand = fact.quantity ?? 0n;
  const expected = count('introduced') + count('adjusted') - count('taken') + count('returned');
  return [
    ...(onHand < 0n || count('reserved') < 0n ? ['is negative'] : []),
    ...(detail['held'] !== undefined && count('held') !== count('reserved')
      ? [`has ${count('reserved')} reserved, its reservations hold ${count('held')}`]
      : []),
    ...(count('reserved') > onHand ? ['has more reserved than there is'] : []),
    ...(onHand === expected ? [] : [`has ${onHand} on hand, its movements say ${expected}`]),
  ];
}

/** Of every order that is over or confirmed, whatever was refunded of it. A return that somebody gave up on may be missing. */
function faultsOfSale(evidence: Case, order: AuditedOrder): readonly string[] {
  if (!evidence.isSettled(order) || order.state === 'open') return [];
  const sold = evidence.of('stock.sold', order.id).reduce((units, { quantity }) => units + (quantity ?? 0n), 0n);
  const gaveUp = evidence.gaveUp('inventory', order.id);
  if (order.state === 'cancelled') return sold === 0n || gaveUp ? [] : [`was cancelled, ${sold} units are still taken`];
  const { units, returned } = order;
  if (units === null) return faultsOfSeats(evidence, order);
  const least = units - (returned ?? units);
  const most = returned === null || gaveUp ? units : least;
  if (least <= sold && sold <= most) return faultsOfSeats(evidence, order);
  const taken = returned === 0n ? `${sold} were taken from stock` : `${returned ?? 'some'} came back, ${sold} are taken from stock`;
  return [`sold ${units} units, ${taken}`];
}

/** Inventory gives a seat to one order: another one that has a ticket for it has it in vain. Of tickets that came back it is not told which. */
function faultsOfSeats({ of }: Case, { id, returned, tickets }: AuditedOrder): readonly string[] {
  if (returned === null) return [];
  const own = new Set(of('stock.sold', id).flatMap((fact) => detailOf(fact)['seats'] ?? []));
  return tickets.flatMap((line) => {
    const lacking = line.seats.filter((seat) => !own.has(seat));
    return lacking.length > line.returned ? lacking.map((seat) => `has a ticket for ${seat}, which is not its seat`) : [];
  });
}

function moneyAddsUp(evidence: Case): Judgement {
  const { orders } = evidence;
  return {
    checked: orders.length,
    violations: orders.flatMap((order) => faultsOfMoney(evidence, order).map((message) => ({ subject: order.id, message }))),
  };
}

function faultsOfMoney({ of, isSettled }: Case, order: AuditedOrder): readonly string[] {
  if (!isSettled(order) || order.state === 'open') return [];
  const captured = sumOf(of('payment.captured', order.id));
  const kept = captured - sumOf(of('payment.refunded', order.id));
  if (kept < 0n) return ['got more money back than was taken'];
  if (order.state === 'cancelled') return kept === 0n ? [] : [`was cancelled, ${kept} of its money is kept`];
  if (order.total === null || captured === order.total.amount) return [];
  return [`costs ${order.total.amount}, ${captured} was taken`];
}

function pointsAddUp(evidence: Case): Judgement {
  const { all, orders, of, isSettled, gaveUp } = evidence;
  const unbalanced = all('ledger.sum')
    .filter(({ quantity }) => quantity !== 0n)
    .map(({ quantity, subject }) => ({ subject, message: `the ledger sums to ${quantity}` }));
  const wrong = orders
    .filter((order) => isSettled(order) && order.state === 'cancelled' && !gaveUp('loyalty', order.id))
    .flatMap(({ id }) => {
      const points = of('points.entry', id).reduce((sum, { quantity }) => sum + (quantity ?? 0n), 0n);
      return points === 0n ? [] : [{ subject: id, message: `was cancelled and keeps ${points} points` }];
    });
  return { checked: all('ledger.sum').length + all('points.entry').length, violations: [...unbalanced, ...wrong] };
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

function historiesAreInOrder({ orders }: Case): Judgement {
  const told = orders.filter(({ history }) => history.length > 0);
  return {
    checked: told.length,
    violations: told.flatMap((order) => faultsOfHistory(order).map((message) => ({ subject: order.id, message }))),
  };
}

function faultsOfHistory({ history, lastSequence }: AuditedOrder): readonly string[] {
  const inverted = causes.filter(
    ([cause, effect]) => history.includes(cause) && history.includes(effect) && history.indexOf(effect) < history.indexOf(cause),
  );
  return [
    ...(lastSequence === history.length ? [] : [`has ${history.length} entries, the last is number ${lastSequence}`]),
    ...(history[0] === 'order.placed' ? [] : [`begins with ${history[0]}`]),
    ...inverted.map(([cause, effect]) => `has ${effect} before ${cause}`),
  ];
}

function queuesDrain({ queues }: Case): Judgement {
  const late = queues.filter(({ oldestAgeMs }) => oldestAgeMs > stuckAfterMs);
  return {
    checked: queues.length,
    violations: late.map(({ name, oldestAgeMs }) => ({
      subject: name,
      message: `its oldest message waits for ${Math.floor(oldestAgeMs / 60_000)} minutes`,
    })),
  };
}

function sumOf(facts: readonly Fact[]): bigint {
  return facts.reduce((sum, { money }) => sum + (money?.amount ?? 0n), 0n);
}
