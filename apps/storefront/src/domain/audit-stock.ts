import {
  type AuditedOrder,
  type Case,
  detailOf,
  type Fact,
  type Fault,
  fault,
  faultWhen,
  type Judgement,
  violationsOf,
} from './audit-facts.js';

/** I4. */
export function stockIsConserved(evidence: Case): Judgement {
  const { all, orders } = evidence;
  const levels = all('stock').flatMap((fact) => violationsOf({ id: fact.subject, rows: fact.rows }, faultsOfStock(fact)));
  const sold = orders.flatMap((order) => violationsOf(order, faultsOfSale(evidence, order)));
  return { checked: all('stock').length + orders.length, violations: [...levels, ...sold] };
}

function faultsOfStock(fact: Fact): readonly Fault[] {
  const detail = detailOf(fact);
  const count = (name: string): bigint => BigInt(Number(detail[name] ?? 0));
  const [onHand, reserved, held] = [fact.quantity ?? 0n, count('reserved'), count('held')];
  const expected = count('introduced') + count('adjusted') - count('taken') + count('returned');
  return [
    ...faultWhen(onHand < 0n || reserved < 0n, 'is negative'),
    ...faultWhen(detail['held'] !== undefined && held !== reserved, `has ${reserved} reserved, its reservations hold ${held}`),
    ...faultWhen(reserved > onHand, 'has more reserved than there is'),
    ...faultWhen(onHand !== expected, `has ${onHand} on hand, its movements say ${expected}`),
  ];
}

/** Of every order that is over or confirmed, whatever was refunded of it. A return that somebody gave up on may be missing. */
function faultsOfSale(evidence: Case, order: AuditedOrder): readonly Fault[] {
  if (!evidence.isSettled(order) || order.state === 'open' || evidence.waits('inventory', order.id)) return [];
  const sales = evidence.of('stock.sold', order.id);
  const sold = sales.reduce((units, { quantity }) => units + (quantity ?? 0n), 0n);
  const gaveUp = evidence.gaveUp('inventory', order.id);
  if (order.state === 'cancelled') return faultWhen(sold !== 0n && !gaveUp, `was cancelled, ${sold} units are still taken`, ...sales);
  const { units, returned } = order;
  if (units === null) return faultsOfSeats(sales, order);
  const least = units - (returned ?? units);
  const most = returned === null || gaveUp ? units : least;
  if (least <= sold && sold <= most) return faultsOfSeats(sales, order);
  const taken = returned === 0n ? `${sold} were taken from stock` : `${returned ?? 'some'} came back, ${sold} are taken from stock`;
  return [fault(`sold ${units} units, ${taken}`, ...sales)];
}

/** Inventory gives a seat to one order: another one that has a ticket for it has it in vain. Of tickets that came back it is not told which. */
function faultsOfSeats(sales: readonly Fact[], { returned, tickets }: AuditedOrder): readonly Fault[] {
  if (returned === null) return [];
  const own = new Set(sales.flatMap((fact) => detailOf(fact)['seats'] ?? []));
  return tickets.flatMap((line) => {
    const lacking = line.seats.filter((seat) => !own.has(seat));
    return lacking.length > line.returned ? lacking.map((seat) => fault(`has a ticket for ${seat}, which is not its seat`, ...sales)) : [];
  });
}
