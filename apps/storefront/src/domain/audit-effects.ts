import {
  type AuditedOrder,
  type Case,
  type Fact,
  type Fault,
  fault,
  faultWhen,
  grouped,
  type Judgement,
  violationsOf,
} from './audit-facts.js';

/** Facts that only an order can cause. */
const effects = ['payment.captured', 'payment.refunded', 'mail.sent', 'shipment', 'points.entry', 'stock.sold', 'document'];

/** I1. */
export function everyEffectHasAnOrder({ orders, all }: Case): Judgement {
  const known = new Set(orders.map(({ id }) => id));
  const caused = effects.flatMap((kind) => all(kind));
  const orphans = caused.filter(({ subject }) => !known.has(subject));
  return {
    checked: caused.length,
    violations: orphans.map(({ kind, subject, rows }) => ({ subject, message: `${kind} without an order`, rows })),
  };
}

/** I3. */
export function everyEffectHappensOnce(evidence: Case): Judgement {
  return {
    checked: evidence.orders.length,
    violations: evidence.orders.flatMap((order) =>
      violationsOf(order, [...repeatedEffects(evidence, order), ...missingEffects(evidence, order)]),
    ),
  };
}

function repeatedEffects({ of }: Case, { id }: AuditedOrder): readonly Fault[] {
  const [charges, parcels] = [of('payment.captured', id), parcelsOf(of('shipment', id))];
  const mails = grouped(of('mail.sent', id), ({ detail }) => detail);
  const invoices = of('document', id).filter(({ detail }) => detail.startsWith('invoice '));
  const awards = of('points.entry', id).filter(({ detail }) => detail === 'earned');
  return [
    ...faultWhen(charges.length > 1, 'was charged more than once', ...charges),
    ...[...mails].flatMap(([kind, sent]) => faultWhen(sent.length > 1, `got the mail ${kind} more than once`, ...sent)),
    ...faultWhen(parcels.length > 1, 'has more than one shipment', ...parcels),
    ...faultWhen(invoices.length > 1, 'has more than one invoice', ...invoices),
    ...faultWhen(awards.length > 1, 'earned points more than once', ...awards),
  ];
}

/** Shipments that have a label; others are only planned, or were refused by the carrier. */
function parcelsOf(shipments: readonly Fact[]): readonly Fact[] {
  return shipments.filter(({ detail }) => detail !== 'planned' && detail !== 'refused');
}

function missingEffects(evidence: Case, order: AuditedOrder): readonly Fault[] {
  if (!evidence.isSettled(order)) return [];
  if (order.state === 'confirmed') return [...missingOfConfirmed(evidence, order), ...faultsOfCreditNotes(evidence, order)];
  const labels = evidence.of('shipment', order.id).filter(({ detail }) => detail === 'created');
  const keepsLabel = order.state === 'cancelled' && labels.length > 0 && !evidence.lacks('shipping', order.id);
  return [...faultWhen(keepsLabel, 'was cancelled, its label is not voided', ...labels), ...faultsOfCreditNotes(evidence, order)];
}

/** Only what was invoiced is credited. What a cancellation gave back payment alone tells, once the bank has done it, which may be after the note; other refunds are in the history as soon as they are true. */
function faultsOfCreditNotes({ of, lacks }: Case, { id, state, history }: AuditedOrder): readonly Fault[] {
  const documents = of('document', id);
  if (lacks('document', id) || !documents.some(({ detail }) => detail.startsWith('invoice '))) return [];
  const refunds = state === 'cancelled' ? of('payment.refunded', id).length : history.filter((type) => type === 'order.refunded').length;
  const notes = documents.filter(({ detail }) => detail.startsWith('credit-note '));
  const made = notes.filter(({ detail }) => detail === 'credit-note made' || detail === 'credit-note cancelled').length;
  const most = refunds + (state === 'cancelled' ? 1 : 0);
  return [
    ...faultWhen(notes.length > most, `has ${notes.length} credit notes for ${refunds} refunds`, ...notes),
    ...faultWhen(made < refunds, `has ${made} credit notes made for ${refunds} refunds`, ...notes),
  ];
}

function missingOfConfirmed({ of, lacks }: Case, order: AuditedOrder): readonly Fault[] {
  const { id, customerId } = order;
  const [mails, shipments, documents, points] = [of('mail.sent', id), of('shipment', id), of('document', id), of('points.entry', id)];
  const hasMail = mails.some(({ detail }) => detail === 'order.confirmed');
  const lacksPoints = customerId !== null && isWorthPoints(order) && points.length === 0;
  return [
    ...faultWhen(of('payment.captured', id).length === 0, 'was never charged'),
    ...faultWhen(!hasMail && !lacks('notification', id), 'got no mail of its confirmation'),
    ...faultWhen(parcelsOf(shipments).length === 0 && !lacks('shipping', id), 'has no shipment', ...shipments),
    ...faultWhen(!documents.some(({ detail }) => hasInvoice(detail)) && !lacks('document', id), 'has no invoice', ...documents),
    ...faultWhen(lacksPoints && !lacks('loyalty', id), 'earned no points'),
    ...(customerId === null && points.length > 0 ? [fault('earned points though it is a guest’s', ...points)] : []),
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
