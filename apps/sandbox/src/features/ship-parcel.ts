import type { Now } from '@tandem/kernel';
import {
  isDeliverable,
  type Label,
  type LabelRequest,
  type LabelVoiding,
  move,
  type Movement,
  type Moving,
  voidLabel,
} from '../domain/label.js';
import type { LabelBook, NotFound } from '../domain/ports.js';

export type LabelPurchase =
  | { readonly kind: 'bought'; readonly label: Label }
  | { readonly kind: 'refused'; readonly because: 'undeliverable' | 'idempotency-key-reused' };

/** What the carrier does with a parcel. Nothing moves by itself. */
export class ShipParcel {
  constructor(
    private readonly book: LabelBook,
    private readonly now: Now,
    private readonly newId: (prefix: string) => string,
  ) {}

  /** The same key again is the same label. An address no carrier reaches is refused each time, and nothing is kept. */
  async buyLabel(request: LabelRequest): Promise<LabelPurchase> {
    if (!isDeliverable(request.shippingAddress)) return { kind: 'refused', because: 'undeliverable' };
    const bought = await this.book.buy(request);
    return bought.kind === 'reused' ? { kind: 'refused', because: 'idempotency-key-reused' } : { kind: 'bought', label: bought.label };
  }

  voidLabel(id: string): Promise<LabelVoiding | NotFound> {
    return this.book.change({ id }, voidLabel);
  }

  /** Each report is a new fact with a webhook of its own, also one that was made before. */
  report(trackingCode: string, status: Movement): Promise<Moving | NotFound> {
    const webhookId = this.newId('msg');
    return this.book.change({ trackingCode }, (label) => move(label, status, { webhookId, at: this.now() }));
  }
}
