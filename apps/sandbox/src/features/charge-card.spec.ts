import { money } from '@tandem/kernel';
import type { ChargeBook } from '../domain/ports.js';
import { ChargeCard } from './charge-card.js';

const now = new Date('2026-11-21T12:00:00Z');
const request = (paymentMethod: string) => ({ idempotencyKey: 'k', orderId: 'ord_1', amount: money(1n, 'EUR'), paymentMethod });

/** Charges a card at a bank that has never seen the key, and notes what was waited for. */
async function chargeFresh(paymentMethod: string): Promise<{ readonly kind: string; readonly waits: readonly unknown[] }> {
  const waits: unknown[] = [];
  const book = {
    charge: (asked, decide) => Promise.resolve(decide({ ...asked, id: 'ch_1', createdAt: now, status: 'open', tries: 1 })),
  } satisfies Pick<ChargeBook, 'charge'> as unknown as ChargeBook;
  const webhooks = { settled: (stream: string, withinMs: number) => Promise.resolve(void waits.push([stream, withinMs])) };
  const chargeCard = new ChargeCard({ book, webhooks, now: () => now, sleep: (ms) => Promise.resolve(waits.push(ms)) });
  return { kind: (await chargeCard.run(request(paymentMethod))).kind, waits };
}

describe('charging a card', () => {
  it.each([
    ['pm_card_visa', { kind: 'charged', waits: [] }],
    ['pm_card_slow', { kind: 'charged', waits: [6_000] }],
    ['pm_card_webhook_first', { kind: 'charged', waits: [['ch_1', 2_000]] }],
    ['pm_card_timeout_charged', { kind: 'silent', waits: [] }],
    ['pm_card_timeout_uncharged', { kind: 'silent', waits: [] }],
    ['pm_card_error_500', { kind: 'failed', waits: [] }],
    ['pm_card_gold', { kind: 'refused', waits: [] }],
  ])('with %s answers as the instrument says', async (paymentMethod, answer) => {
    expect(await chargeFresh(paymentMethod)).toEqual(answer);
  });
});
