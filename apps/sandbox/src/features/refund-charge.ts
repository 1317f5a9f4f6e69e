import type { ChargeBook, NotFound } from '../domain/ports.js';
import { refund, type Refund, type Refunding, type RefundRequest } from '../domain/refund.js';

export type ChargeRefunding = { readonly kind: 'refunded'; readonly refund: Refund } | Extract<Refunding, { kind: 'refused' }> | NotFound;

/** Gives money of a charge back. The same key again answers the refund it made. */
export class RefundCharge {
  constructor(private readonly book: ChargeBook) {}

  async run(request: RefundRequest): Promise<ChargeRefunding> {
    const refunding = await this.book.refund(request, (facts) => refund(facts, request));
    return refunding.kind === 'repeated' ? { kind: 'refunded', refund: refunding.refund } : refunding;
  }
}
