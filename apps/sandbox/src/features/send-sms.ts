import type { Page, PageRequest, SmsBook, SmsMessage, SmsRequest } from '../domain/ports.js';

export type SmsAcceptance =
  | { readonly kind: 'accepted'; readonly message: SmsMessage }
  | { readonly kind: 'refused'; readonly because: 'undeliverable' | 'idempotency-key-reused' };

/** No country has this code; its numbers are those nobody reaches. Source: ITU-T E.164, list of assigned country codes. */
const nowhere = '+999';

/** What the provider of text messages does. */
export class SendSms {
  constructor(private readonly book: SmsBook) {}

  /** The same key again is the same message. A number nobody reaches is refused each time, and nothing is kept. */
  async run(request: SmsRequest): Promise<SmsAcceptance> {
    if (request.to.startsWith(nowhere)) return { kind: 'refused', because: 'undeliverable' };
    const kept = await this.book.keep(request);
    return kept.kind === 'reused' ? { kind: 'refused', because: 'idempotency-key-reused' } : { kind: 'accepted', message: kept.message };
  }

  list({ to }: { readonly to?: string | undefined }, page: PageRequest): Promise<Page<SmsMessage>> {
    return this.book.messages({ to }, page);
  }
}
