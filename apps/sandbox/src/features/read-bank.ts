import type { Charge } from '../domain/charge.js';
import type { ChargeBook, PageRequest, Page } from '../domain/ports.js';
import type { Refund } from '../domain/refund.js';
import { toWire } from './wire.js';

type BankFilter = { readonly orderId?: string | undefined; readonly idempotencyKey?: string | undefined };

/** The bank's books, and how a charge is shown: a challenge has an absolute address that needs no login. */
export class ReadBank {
  constructor(
    private readonly book: ChargeBook,
    private readonly publicUrl: string,
  ) {}

  charges({ orderId, idempotencyKey }: BankFilter, page: PageRequest): Promise<Page<Charge>> {
    return this.book.charges({ orderId, idempotencyKey }, page);
  }

  refunds({ orderId, idempotencyKey }: BankFilter, page: PageRequest): Promise<Page<Refund>> {
    return this.book.refunds({ orderId, idempotencyKey }, page);
  }

  show(charge: Charge): Record<string, unknown> {
    const { id, orderId, amount, status, idempotencyKey, createdAt } = charge;
    return {
      id,
      orderId,
      amount: toWire(amount),
      status,
      idempotencyKey,
      createdAt: createdAt.toISOString(),
      ...(charge.status === 'declined' && { declineCode: charge.declineCode }),
      ...(charge.status === 'requires-action' && { nextAction: { type: 'redirect', url: `${this.publicUrl}/bank/challenges/${id}` } }),
    };
  }
}

export function showRefund({ id, chargeId, orderId, amount, status, createdAt }: Refund): Record<string, unknown> {
  return { id, chargeId, orderId, amount: toWire(amount), status, createdAt: createdAt.toISOString() };
}
