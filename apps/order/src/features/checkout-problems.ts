import type { Problem, ProblemCode } from '@tandem/contracts';
import { type Money, toDecimal } from '@tandem/kernel';
import type { Answer } from '../domain/checkout.js';
import type { Shortage } from './checkout-steps.js';

/** Refusals that are answers of work that began: a repeat of the key gets them again. All others leave the key free. Source: docs/reference/api.md, "Idempotency". */
const stored: ReadonlySet<ProblemCode> = new Set(['payment-declined', 'out-of-stock', 'seats-taken', 'price-changed']);

/** The problem as it is stored under the key; `null` when the key is to be free again. */
export function answerOf(problem: Problem): Answer | null {
  return stored.has(problem.code) ? { kind: 'problem', json: JSON.stringify(problem) } : null;
}

export function priceChanged(expected: Money, current: Money): Problem {
  return {
    code: 'price-changed',
    detail: `expected ${toDecimal(expected)} ${expected.currency}, the total is ${toDecimal(current)} ${current.currency}`,
    extensions: { expectedTotal: amountOf(expected), currentTotal: amountOf(current) },
  };
}

/** What an order lacks; where others have its seats, which ones. */
export function outOfStock(shortages: readonly Shortage[]): Problem {
  const seated = shortages.filter(({ seats }) => seats.length > 0);
  if (seated.length > 0)
    return { code: 'seats-taken', extensions: { lines: seated.map(({ lineId, variantId, seats }) => ({ lineId, variantId, seats })) } };
  const lines = shortages.map(({ lineId, variantId, requested, available }) => ({ lineId, variantId, requested, available }));
  return { code: 'out-of-stock', extensions: { lines } };
}

/** What was reserved is not any more, though nobody says that it is gone. */
export function reservationExpired(): Problem {
  return {
    code: 'out-of-stock',
    detail: 'the reservation ran out while the bank was asked; check out again, with a new key',
    extensions: { lines: [] },
  };
}

export function declined(declineCode: string): Problem {
  return { code: 'payment-declined', detail: `the bank said: ${declineCode}`, extensions: { declineCode } };
}

export function cartTaken(orderId: string, isConfirmed: boolean): Problem {
  return isConfirmed ? { code: 'cart-already-ordered', extensions: { orderId } } : { code: 'checkout-in-progress', retryAfterSeconds: 1 };
}

function amountOf({ minor, currency }: Money): { amount: number; currency: string } {
  return { amount: Number(minor), currency };
}
