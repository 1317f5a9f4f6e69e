import { money } from '@tandem/kernel';
import type { Charge } from './charge.js';
import { noFault, ordeal } from './fault.js';
import { isDeliverable, type Label, move, voidLabel } from './label.js';
import { refund, type RefundFacts } from './refund.js';
import { retryDelayMs } from './webhook.js';

const at = new Date('2026-11-21T12:00:00Z');

describe('a refund', () => {
  const captured: Charge = {
    id: 'ch_1',
    idempotencyKey: 'k',
    orderId: 'ord_1',
    amount: money(1000n, 'EUR'),
    paymentMethod: 'pm_card_visa',
    status: 'captured',
    createdAt: at,
  };
  const facts: RefundFacts = { charge: captured, refundedMinor: 0n, earlier: undefined };
  const request = { idempotencyKey: 'r1', chargeId: 'ch_1', amount: money(600n, 'EUR') };
  const earlier = { ...request, id: 'rf_1', orderId: 'ord_1', status: 'succeeded', createdAt: at } as const;

  it('is made while enough is left, to the last cent', () => {
    expect([0n, 400n].map((refundedMinor) => refund({ ...facts, refundedMinor }, request))).toEqual([
      { kind: 'refunded' },
      { kind: 'refunded' },
    ]);
  });

  it('is refused one cent above that', () => {
    expect(refund({ ...facts, refundedMinor: 401n }, request)).toEqual({ kind: 'refused', because: 'refund-exceeds-charge' });
  });

  it('is refused in another currency, and of a charge that took no money', () => {
    expect(refund(facts, { ...request, amount: money(1n, 'USD') })).toEqual({ kind: 'refused', because: 'currency-mismatch' });
    expect(refund({ ...facts, charge: { ...captured, status: 'voided' } }, request)).toEqual({
      kind: 'refused',
      because: 'charge-not-captured',
    });
  });

  it('is the earlier one under the same key, also when nothing is left', () => {
    expect(refund({ ...facts, refundedMinor: 1000n, earlier }, request)).toEqual({ kind: 'repeated', refund: earlier });
    expect(refund({ ...facts, earlier }, { ...request, amount: money(1n, 'EUR') })).toEqual({
      kind: 'refused',
      because: 'idempotency-key-reused',
    });
  });
});

describe('a label', () => {
  const label: Label = {
    id: 'lbl_1',
    orderId: 'ord_1',
    trackingCode: 'SBX1',
    status: 'created',
    service: 'standard',
    idempotencyKey: 'k',
    createdAt: at,
  };
  const report = { webhookId: 'msg_1', at };

  it('is refused for a place no carrier reaches', () => {
    expect(['1 Main St', 'UNDELIVERABLE', '2 UNDELIVERABLE Rd', 'undeliverable'].map((line1) => isDeliverable({ line1 }))).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  it('can be given back until the parcel moves', () => {
    expect(voidLabel(label)).toEqual({ kind: 'voided', label: { ...label, status: 'voided' } });
    expect(voidLabel({ ...label, status: 'voided' })).toEqual({ kind: 'already-voided', label: { ...label, status: 'voided' } });
    expect(voidLabel({ ...label, status: 'in-transit' })).toEqual({ kind: 'refused', because: 'already-dispatched' });
  });

  it('moves with a webhook, and delivered straight from created', () => {
    expect(move(label, 'delivered', report)).toEqual({
      kind: 'moved',
      label: { ...label, status: 'delivered' },
      at,
      webhooks: [
        {
          webhookId: 'msg_1',
          target: 'carrier',
          stream: 'SBX1',
          payload: { trackingCode: 'SBX1', status: 'delivered', at: '2026-11-21T12:00:00.000Z' },
          delayMs: 0,
        },
      ],
    });
  });

  it('tells a late report without forgetting how it ended', () => {
    expect(move({ ...label, status: 'delivered' }, 'in-transit', report)).toMatchObject({
      kind: 'moved',
      label: { status: 'delivered' },
      webhooks: [{ payload: { status: 'in-transit' } }],
    });
  });

  it('does not move once it was given back', () => {
    expect(move({ ...label, status: 'voided' }, 'in-transit', report)).toEqual({ kind: 'refused', because: 'label-voided' });
  });
});

describe('a fault', () => {
  const failures = (errorRate: number, calls: number) =>
    Array.from({ length: calls }, (_, index) => ordeal({ ...noFault, errorRate }, index + 1)).filter((end) => end === 'error').length;

  it('fails exactly the share of calls that was asked for', () => {
    expect([0, 0.1, 0.25, 0.5, 1].map((rate) => failures(rate, 1000))).toEqual([0, 100, 250, 500, 1000]);
  });

  it('refuses everything while down', () => {
    expect(ordeal({ ...noFault, down: true }, 1)).toBe('down');
  });
});

describe('a webhook that was not taken', () => {
  it('is tried again after 250 ms, doubling up to 15 s, then every 5 minutes', () => {
    expect([1, 2, 3, 7, 30, 31].map(retryDelayMs)).toEqual([250, 500, 1_000, 15_000, 15_000, 300_000]);
  });
});
