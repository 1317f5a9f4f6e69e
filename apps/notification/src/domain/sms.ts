import type { Tx } from '@tandem/kernel';
import type { MailKind, Topic } from './mail-kind.js';
import type { Sending } from './mail-transport.js';
import type { WorkQueue } from './work-queue.js';

/** What a text message is about; one message per order and kind (and refund). */
export const smsKinds = [
  'order.confirmed',
  'order.shipped',
  'order.delivered',
  'order.cancelled',
  'order.refunded',
] as const satisfies readonly MailKind[];
export type SmsKind = (typeof smsKinds)[number];

/** Whether a text is a telephone number of E.164: `+`, country code and number, at most 15 digits. Source: ITU-T E.164, 6.1. */
export function isNumber(text: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(text);
}

/** `id` is the same on every try; `to` is a number of E.164. */
export type OutgoingSms = { readonly id: string; readonly to: string; readonly text: string };

/**
 * A way to send text messages. Rejects with `Unavailable('sms')` when the provider did not say yes or no: the message may have been taken.
 * `rejected`: it never will be. An id that was sent already is accepted and not sent again. Proved by `sms.contract.ts`.
 */
export type Sms = { send(sms: OutgoingSms): Promise<Sending> };

/** A message for the owner of an order, if they want its topic by this channel. Ids are UUIDs; `ownerId` is null where the fact does not say who that is. */
export type OwedSms = {
  readonly orderId: string;
  readonly kind: SmsKind;
  readonly source: string;
  readonly topic: Topic;
  readonly ownerId: string | null;
  readonly text: string;
};

/** A message that is due. `attempts` counts this one; `isWanted`: its owner still wants it, and at this number. */
export type DueSms = OutgoingSms & { readonly attempts: number; readonly owedAt: Date; readonly isWanted: boolean };

/** What became of a try. Of one that another process has taken since, nothing is written. */
export type EndedSms = Pick<DueSms, 'id' | 'attempts'> & {
  readonly outcome:
    | { readonly kind: 'sent' | 'unwanted' }
    | { readonly kind: 'rejected'; readonly because: string }
    | { readonly kind: 'again'; readonly afterMs: number };
};

/** Text messages that are owed, and what became of them. What is taken is `sending`. */
export type SmsBook = WorkQueue<DueSms> & {
  /** Once per order, kind and source; false when it is owed already, or its owner wants none. What is not wanted at this moment is not sent later. */
  owe(tx: Tx, sms: OwedSms): Promise<boolean>;
  end(ended: readonly EndedSms[]): Promise<void>;
};
