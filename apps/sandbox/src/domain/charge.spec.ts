import { money } from '@tandem/kernel';
import { answerChallenge, type Charge, charge, type ChargeRequest, type OpenKey, voidCharge } from './charge.js';
import { type Instrument, instrumentOf, instruments } from './instruments.js';

const now = new Date('2026-11-21T12:00:00Z');
const request = (paymentMethod: string): ChargeRequest => ({
  idempotencyKey: 'ord_1:1',
  orderId: 'ord_1',
  amount: money(1999n, 'EUR'),
  paymentMethod,
});
const facts = (paymentMethod: string) => ({ ...request(paymentMethod), id: 'ch_1', createdAt: now });
const open = (paymentMethod: string, tries = 1): OpenKey => ({ ...facts(paymentMethod), status: 'open', tries });
const instrument = (paymentMethod: string): Instrument => {
  const found = instrumentOf(paymentMethod);
  if (!found) throw new Error(`there is no ${paymentMethod}`);
  return found;
};
const tried = (paymentMethod: string, tries = 1) =>
  charge(instrument(paymentMethod), { seen: open(paymentMethod, tries), request: request(paymentMethod), now });
const webhook = (delayMs: number) => ({
  webhookId: 'msg_ch_1_captured',
  target: 'payment',
  stream: 'ch_1',
  payload: {
    type: 'charge.captured',
    timestamp: '2026-11-21T12:00:00.000Z',
    data: { chargeId: 'ch_1', orderId: 'ord_1', idempotencyKey: 'ord_1:1', status: 'captured', amount: { amount: 1999, currency: 'EUR' } },
  },
  delayMs,
});

describe('a try to charge', () => {
  it.each([
    ['pm_card_visa', { status: 'captured' }, []],
    ['pm_card_slow', { status: 'captured' }, []],
    ['pm_card_declined', { status: 'declined', declineCode: 'card-declined' }, []],
    ['pm_card_insufficient_funds', { status: 'declined', declineCode: 'insufficient-funds' }, []],
    ['pm_card_3ds', { status: 'requires-action' }, []],
    ['pm_card_timeout_charged', { status: 'captured' }, [webhook(12_000)]],
    ['pm_card_duplicate_webhook', { status: 'captured' }, [webhook(0), webhook(0)]],
    ['pm_card_webhook_first', { status: 'captured' }, [webhook(0)]],
  ])('of %s makes a charge', (paymentMethod, result, webhooks) => {
    expect(tried(paymentMethod)).toEqual({ kind: 'charged', charge: { ...facts(paymentMethod), ...result }, webhooks });
  });

  it('of pm_card_timeout_uncharged makes none, however often', () => {
    expect([1, 2, 9].map((tries) => tried('pm_card_timeout_uncharged', tries))).toEqual(Array(3).fill({ kind: 'nothing' }));
  });

  it('of pm_card_error_500 fails twice and then approves', () => {
    expect([1, 2, 3].map((tries) => tried('pm_card_error_500', tries).kind)).toEqual(['failed', 'failed', 'charged']);
  });

  it('is answered with the charge that is there already', () => {
    const made: Charge = { ...facts('pm_card_visa'), status: 'captured' };
    expect(charge(instruments.pm_card_visa, { seen: made, request: request('pm_card_visa'), now })).toEqual({
      kind: 'repeated',
      charge: made,
    });
  });

  it.each([
    ['amount', { amount: money(1n, 'EUR') }],
    ['currency', { amount: money(1999n, 'USD') }],
    ['order', { orderId: 'ord_2' }],
  ])('is refused under a key that was used for another %s', (_what, other) => {
    expect(
      charge(instruments.pm_card_visa, { seen: open('pm_card_visa'), request: { ...request('pm_card_visa'), ...other }, now }),
    ).toEqual({ kind: 'refused', because: 'idempotency-key-reused' });
  });

  it('is refused once its key was voided', () => {
    const closed = { status: 'closed', idempotencyKey: 'ord_1:1' } as const;
    expect(charge(instruments.pm_card_visa, { seen: closed, request: request('pm_card_visa'), now })).toEqual({
      kind: 'refused',
      because: 'charge-voided',
    });
  });
});

describe('the answer to a challenge', () => {
  const challenged: Charge = { ...facts('pm_card_3ds'), status: 'requires-action' };

  it('captures when the shopper approves', () => {
    expect(answerChallenge(challenged, 'approve', now)).toEqual({
      kind: 'answered',
      charge: { ...facts('pm_card_3ds'), status: 'captured' },
      webhooks: [webhook(0)],
    });
  });

  it('declines when the shopper fails', () => {
    const declined = { ...facts('pm_card_3ds'), status: 'declined', declineCode: 'authentication-failed' };
    expect(answerChallenge(challenged, 'fail', now)).toMatchObject({
      kind: 'answered',
      charge: declined,
      webhooks: [{ payload: { type: 'charge.declined', data: { declineCode: 'authentication-failed' } } }],
    });
  });

  it('changes nothing the second time', () => {
    const captured: Charge = { ...facts('pm_card_3ds'), status: 'captured' };
    expect(answerChallenge(captured, 'fail', now)).toEqual({ kind: 'already-answered', charge: captured });
  });
});

describe('voiding', () => {
  const voided: Charge = { ...facts('pm_card_visa'), status: 'voided' };

  it.each(['captured', 'requires-action'] as const)('takes back a charge that is %s', (status) => {
    expect(voidCharge({ ...facts('pm_card_visa'), status }, 0n)).toEqual({ kind: 'voided', charge: voided, webhooks: [] });
  });

  it('changes nothing the second time', () => {
    expect(voidCharge(voided, 0n)).toEqual({ kind: 'already-voided', charge: voided });
  });

  it('closes a key without a charge', () => {
    expect(voidCharge(open('pm_card_visa'), 0n)).toEqual({ kind: 'closed', idempotencyKey: 'ord_1:1' });
  });

  it('is refused once money went back, and where none was taken', () => {
    expect(voidCharge({ ...facts('pm_card_visa'), status: 'captured' }, 1n)).toEqual({ kind: 'refused', because: 'charge-refunded' });
    expect(voidCharge({ ...facts('pm_card_visa'), status: 'declined', declineCode: 'card-declined' }, 0n)).toEqual({
      kind: 'refused',
      because: 'charge-declined',
    });
  });
});

describe('the instruments', () => {
  it('answer at once, after 6 s, or never', () => {
    expect(
      Object.entries(instruments)
        .filter(([, { answersAfterMs }]) => answersAfterMs !== 0)
        .map(([method, { answersAfterMs }]) => [method, answersAfterMs]),
    ).toEqual([
      ['pm_card_slow', 6_000],
      ['pm_card_timeout_charged', 'never'],
      ['pm_card_timeout_uncharged', 'never'],
    ]);
  });

  it('are no more than these', () => {
    expect([instrumentOf('pm_card_gold'), instrumentOf('toString'), instrumentOf('')]).toEqual([undefined, undefined, undefined]);
  });
});
