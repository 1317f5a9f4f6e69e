import type { Now } from '@tandem/kernel';
import { charge, type Charge, type ChargeRequest } from '../domain/charge.js';
import { type Instrument, instrumentOf } from '../domain/instruments.js';
import type { ChargeBook, WebhookJournal } from '../domain/ports.js';

export type CardCharging =
  | { readonly kind: 'charged'; readonly charge: Charge }
  /** The caller never hears of it, whether money was taken or not. */
  | { readonly kind: 'silent' | 'failed' }
  | { readonly kind: 'refused'; readonly because: 'unknown-payment-method' | 'idempotency-key-reused' | 'charge-voided' };

/** How long the bank waits for its webhook to be taken before it answers all the same, milliseconds. */
const webhookFirstMs = 2_000;

export type ChargeCardParts = {
  readonly book: ChargeBook;
  readonly webhooks: WebhookJournal;
  readonly now: Now;
  readonly sleep: (ms: number) => Promise<unknown>;
};

/** Charges a card as its instrument says. The same key again is the same charge, however often and at once. */
export class ChargeCard {
  constructor(private readonly parts: ChargeCardParts) {}

  async run(request: ChargeRequest): Promise<CardCharging> {
    const instrument = instrumentOf(request.paymentMethod);
    if (!instrument) return { kind: 'refused', because: 'unknown-payment-method' };
    const charging = await this.parts.book.charge(request, (seen) => charge(instrument, { seen, request, now: this.parts.now() }));
    switch (charging.kind) {
      case 'charged':
        return this.answerInTime(instrument, charging.charge);
      case 'repeated':
        return instrument.answersAfterMs === 'never' ? { kind: 'silent' } : { kind: 'charged', charge: charging.charge };
      case 'nothing':
        return { kind: 'silent' };
      case 'failed':
      case 'refused':
        return charging;
    }
  }

  private async answerInTime(instrument: Instrument, made: Charge): Promise<CardCharging> {
    if (instrument.answersAfterMs === 'never') return { kind: 'silent' };
    if (instrument.webhook === 'before-answer') await this.parts.webhooks.settled(made.id, webhookFirstMs);
    if (instrument.answersAfterMs > 0) await this.parts.sleep(instrument.answersAfterMs);
    return { kind: 'charged', charge: made };
  }
}
