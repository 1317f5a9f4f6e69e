import { audit } from '../audit.js';
import type { Evidence, Fact, Queue, SetAside } from '../audit-facts.js';

export const now = new Date('2026-11-21T12:00:00Z');
export const old = new Date('2026-11-21T11:50:01Z');
export const fact = (kind: string, subject: string, rest: Partial<Fact> = {}): Fact => ({
  kind,
  subject,
  money: null,
  quantity: null,
  detail: '',
  at: old,
  ageMs: null,
  rows: [{ service: serviceOf(kind), table: kind, id: `${subject} ${rest.detail ?? ''}` }],
  ...rest,
});
const serviceOf = (kind: string): string => kind.split('.')[0] ?? kind;
export const eur = (amount: bigint) => ({ amount, currency: 'EUR' });
export const queue = (rest: Partial<Queue>): Queue => ({ name: 'outbox of order', oldestAgeMs: 0, refused: 0, rows: [], ...rest });
/** A message about the order that a group has set aside just now. */
export const letter = (group: string, rest: Partial<SetAside> = {}): SetAside => ({
  id: 'dl_1',
  group,
  topic: 'order',
  key: 'ord_1',
  type: 'order.confirmed.v1',
  reason: 'undeliverable',
  since: now,
  rows: [{ service: group, table: 'messaging.parked', id: '1' }],
  ...rest,
});
export const detail = (value: object): string => JSON.stringify(value);

export const history = ['order.placed', 'order.confirmed', 'shipment.created', 'points.awarded'];

/** A customer's order of 5,000 for two units, and all its effects. */
export const order = fact('order.confirmed', 'ord_1', {
  money: eur(5_000n),
  detail: detail({
    customerId: 'cus_1',
    status: 'confirmed',
    lines: [{ variantId: 'var_1', quantity: 2 }],
    goods: '4500',
    history,
    lastSequence: 4,
  }),
});
export const effects = [
  fact('payment.captured', 'ord_1', { money: eur(5_000n) }),
  fact('mail.sent', 'ord_1', { detail: 'order.confirmed' }),
  fact('shipment', 'ord_1', { detail: 'created' }),
  fact('points.entry', 'ord_1', { quantity: 45n, detail: 'earned' }),
  fact('stock.sold', 'ord_1', { quantity: 2n }),
  fact('document', 'ord_1', { detail: 'invoice made' }),
  fact('document', 'ord_1', { detail: 'packing-slip made' }),
];
export const stock = fact('stock', 'var_1', {
  quantity: 8n,
  detail: detail({ reserved: 1, introduced: 10, adjusted: 0, taken: 2, returned: 0 }),
});
export const ledger = fact('ledger.sum', 'ledger', { quantity: 0n });
export const whole = [order, ...effects, stock, ledger];
export const cancelled = [
  fact('order.cancelled', 'ord_1', { detail: detail({ wasConfirmed: true }) }),
  ...effects.slice(0, 2),
  fact('document', 'ord_1', { detail: 'invoice made' }),
  fact('document', 'ord_1', { detail: 'credit-note made' }),
  fact('shipment', 'ord_1', { detail: 'voided' }),
  fact('points.entry', 'ord_1', { quantity: 45n, detail: 'earned' }),
  fact('payment.refunded', 'ord_1', { money: eur(5_000n) }),
  fact('points.entry', 'ord_1', { quantity: -45n, detail: 'reversed' }),
  fact('stock.sold', 'ord_1', { quantity: 0n }),
];

/** Violations by invariant, those without any left out. */
export function found(facts: readonly Fact[], rest: Partial<Evidence> = {}): Record<string, string[]> {
  const judged = audit({ facts, open: [], discarded: [], queues: [], now, ...rest });
  return Object.fromEntries(
    judged
      .filter(({ violations }) => violations.length > 0)
      .map(({ id, violations }) => [id, violations.map(({ subject, message }) => `${subject} ${message}`)]),
  );
}

export const creditNote = (state: string): Fact => fact('document', 'ord_1', { detail: `credit-note ${state}` });
export const without = (kind: string): readonly Fact[] => whole.filter((known) => known.kind !== kind);
