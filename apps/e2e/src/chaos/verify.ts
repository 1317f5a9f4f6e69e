import type { Http } from '../client/http.js';
import type { Shopper } from '../client/shopper.js';
import { stockOf } from '../client/stock.js';
import type { World } from '../client/world.js';
import type { Accepted, Ordered, Visit } from './shop.js';

/** A line of an order's history. */
type Entry = { readonly type: string; readonly sequence: number; readonly data: { readonly reason?: string } };

function gapsOf(orderId: string, history: readonly Entry[]): readonly string[] {
  return history.flatMap(({ sequence }, index) =>
    sequence === index + 1 ? [] : [`${orderId}: its history has ${sequence} at place ${index + 1}`],
  );
}

/** What is wrong with one accepted order now: each effect must have happened exactly once. Empty when all is well. */
export async function faultsOf(visit: Accepted, http: Http, outside: World): Promise<readonly string[]> {
  const { orderId, email, token, total, plan } = visit;
  const [order, invoice, charges, labels, mails, events] = await Promise.all([
    http('GET', `/v1/orders/${orderId}`, { token }),
    http('GET', `/v1/orders/${orderId}/invoice`, { token }),
    outside.charges(orderId),
    outside.labels(orderId),
    outside.mails(email),
    http('GET', `/v1/orders/${orderId}/events?limit=100`, { token }),
  ]);
  if (order.status !== 200) return [`${orderId}: the order cannot be read (${order.status})`];
  const history = (events.body?.data ?? []) as readonly Entry[];
  const points = history.filter(({ type }) => type === 'points.awarded').length;
  const captured = charges.filter(({ status }) => status === 'captured');
  return [
    ...(order.body.status === 'confirmed' ? [] : [`${orderId}: is ${order.body.status}`]),
    ...(invoice.status === 200 ? [] : [`${orderId}: its invoice is answered ${invoice.status}`]),
    ...wrongCount(orderId, 'charge', captured.length, 1),
    ...(captured[0] && captured[0].amount.amount !== total.amount
      ? [`${orderId}: charged ${captured[0].amount.amount}, not ${total.amount}`]
      : []),
    ...wrongCount(orderId, 'label', labels.length, 1),
    ...wrongCount(orderId, 'mail', mails.length, 1),
    ...wrongCount(orderId, 'points entry', points, plan.isCustomer ? 1 : 0),
    ...gapsOf(orderId, history),
  ];
}

/** Why an order that was answered 202 may be cancelled by the shop. Source: the checkout's saga. */
const reasonsToGiveUp = ['payment-voided', 'payment-timed-out'];

/** What is wrong with an order that the shop gave up: no money is kept, nothing was sent, no points, no invoice. The shopper was told that it is cancelled. */
export async function givenUpFaults({ orderId, email, token, plan }: Ordered, http: Http, outside: World): Promise<readonly string[]> {
  const [money, invoice, labels, mails, events] = await Promise.all([
    moneyFaults(orderId, outside, 0),
    http('GET', `/v1/orders/${orderId}/invoice`, { token }),
    outside.labels(orderId),
    outside.mails(email),
    http('GET', `/v1/orders/${orderId}/events?limit=100`, { token }),
  ]);
  if (events.status !== 200) return [`${orderId}: its history cannot be read (${events.status})`];
  const history = events.body.data as readonly Entry[];
  const count = (wanted: string): number => history.filter(({ type }) => type === wanted).length;
  const allowed = plan.paymentMethod === 'pm_card_declined' ? [...reasonsToGiveUp, 'payment-declined'] : reasonsToGiveUp;
  const reason = history.find(({ type }) => type === 'order.cancelled')?.data.reason ?? 'no reason';
  return [
    ...money,
    ...(allowed.includes(reason) ? [] : [`${orderId}: was answered 202 and cancelled for ${reason}`]),
    ...(invoice.status === 404 ? [] : [`${orderId}: is cancelled, and its invoice is answered ${invoice.status}`]),
    ...wrongCount(orderId, 'label', labels.length, 0),
    ...wrongCount(orderId, 'mail', mails.length, 1),
    ...(mails.every(({ subject }) => /is cancelled$/.test(subject))
      ? []
      : [`${orderId}: is cancelled, and the shopper was told ${mails[0]?.subject}`]),
    ...wrongCount(orderId, 'points entry', count('points.awarded'), 0),
    ...gapsOf(orderId, history),
  ];
}

/** What is wrong with an order's money: at most one charge, and `wanted` of it kept by the bank, in the currency's smallest unit. */
export async function moneyFaults(orderId: string, outside: World, wanted: number): Promise<readonly string[]> {
  const [charges, refunds] = await Promise.all([outside.charges(orderId), outside.refunds(orderId)]);
  const captured = charges.filter(({ status }) => ['captured', 'refunded', 'partially-refunded'].includes(status));
  const kept = captured.reduce((sum, { amount }) => sum + amount.amount, 0) - refunds.reduce((sum, { amount }) => sum + amount.amount, 0);
  return [
    ...(captured.length <= 1 ? [] : [`${orderId}: ${captured.length} charges`]),
    ...(kept === wanted ? [] : [`${orderId}: the bank has kept ${kept}, wants ${wanted}`]),
  ];
}

function wrongCount(orderId: string, what: string, found: number, wanted: number): readonly string[] {
  return found === wanted ? [] : [`${orderId}: ${found} × ${what}, wants ${wanted}`];
}

/** A visit that was declined leaves nothing behind. */
export async function leftoversOf(visit: Extract<Visit, { kind: 'declined' }>, outside: World): Promise<readonly string[]> {
  const mails = await outside.mails(visit.email);
  return mails.length === 0 ? [] : [`visit ${visit.plan.number} was declined and got ${mails.length} mails`];
}

/** What the shop's own auditor finds; one line a violation. */
export async function auditOf(clerk: Shopper): Promise<readonly string[]> {
  const { status, body } = await clerk.ask('GET', '/ops/v1/audit');
  if (status !== 200) return [`the audit answers ${status}`];
  return (body.invariants as readonly { id: string; violations: readonly unknown[] }[]).flatMap(({ id, violations }) =>
    violations.map((violation) => `${id}: ${JSON.stringify(violation)}`),
  );
}

/** Stock adds up: what was there, less what was sold, is what is left, and nothing stays reserved. */
export async function stockFaults(
  clerk: Shopper,
  products: readonly { variantId: string; stock: number }[],
  visits: readonly Visit[],
): Promise<readonly string[]> {
  const sold = (index: number): number =>
    visits
      .flatMap((visit) => (visit.kind === 'accepted' ? visit.plan.lines : []))
      .reduce((total, line) => total + (line.product === index ? line.quantity : 0), 0);
  const found = await Promise.all(
    products.map(async ({ variantId, stock }, index) => {
      const { onHand, reserved } = await stockOf(clerk, variantId);
      const wanted = stock - sold(index);
      return onHand === wanted && reserved === 0 ? [] : [`${variantId}: ${onHand} on hand, ${reserved} reserved, wants ${wanted} and 0`];
    }),
  );
  return found.flat();
}
