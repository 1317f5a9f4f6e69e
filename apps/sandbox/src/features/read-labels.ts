import type { Label } from '../domain/label.js';
import type { LabelBook, LabelFilter, Page, PageRequest } from '../domain/ports.js';

/** Every label the carrier ever sold, voided ones too. */
export class ReadLabels {
  constructor(private readonly book: LabelBook) {}

  run({ orderId, idempotencyKey, trackingCode }: LabelFilter, page: PageRequest): Promise<Page<Label>> {
    return this.book.labels({ orderId, idempotencyKey, trackingCode }, page);
  }
}
