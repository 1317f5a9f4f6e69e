import { money } from '@tandem/kernel';
import { decideRefund, mayBecome } from './payment.js';

describe('a refund', () => {
  const captured = { status: 'captured', amount: money(1_000n, 'EUR') } as const;

  it('is refused above what is left', () => {
    expect(decideRefund(captured, 600n, money(400n, 'EUR'))).toEqual({ kind: 'refundable' });
    expect(decideRefund(captured, 600n, money(401n, 'EUR'))).toEqual({ kind: 'refused', because: 'refund-exceeds-payment' });
  });

  it('is refused in another currency, for nothing, and for a payment that was not captured', () => {
    expect(decideRefund(captured, 0n, money(400n, 'USD')).kind).toBe('refused');
    expect(decideRefund(captured, 0n, money(0n, 'EUR')).kind).toBe('refused');
    expect(decideRefund({ ...captured, status: 'unknown' }, 0n, money(1n, 'EUR'))).toEqual({ kind: 'refused', because: 'not-captured' });
  });
});

describe('a payment', () => {
  it('never leaves an end, except that a captured one may be voided', () => {
    expect(mayBecome('declined', 'captured')).toBe(false);
    expect(mayBecome('voided', 'captured')).toBe(false);
    expect(mayBecome('captured', 'voided')).toBe(true);
    expect(mayBecome('captured', 'declined')).toBe(false);
  });
});
