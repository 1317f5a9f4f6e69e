import type { Charge, ChargeRequest, ClosedKey, OpenKey } from './charge.js';
import type { Fault, Faults, FaultTarget } from './fault.js';
import type { Label, LabelRequest } from './label.js';
import type { LabelFacts } from './label-sheet.js';
import type { Refund, RefundFacts, Refunding, RefundRequest } from './refund.js';
import type { OutgoingWebhook } from './webhook.js';

/** A stretch of a journal, oldest first: at most `limit` entries after the position `after`. */
export type PageRequest = { readonly limit: number; readonly after: bigint };
/** `next` is the position to go on from, `null` at the end. Nothing is repeated or skipped while nothing is added. */
export type Page<Entry> = { readonly entries: readonly Entry[]; readonly next: bigint | null };
export type NotFound = { readonly kind: 'not-found' };

/** A decision that carries `webhooks` is written, charge and webhooks together; any other changes nothing. */
type ChargeDecision = { readonly kind: string; readonly charge?: Charge; readonly webhooks?: readonly OutgoingWebhook[] };

/** The bank's books. Every method has committed when it resolves. */
export type ChargeBook = {
  /** Locks the request's idempotency key, counts the try and asks `decide`; writes what it decides. `decide` must not do I/O. */
  charge<D extends ChargeDecision>(request: ChargeRequest, decide: (seen: OpenKey | ClosedKey | Charge) => D): Promise<D>;
  /** Locks a charge, tells `decide` how much of it was given back, and writes the charge and webhooks it decides on. */
  change<D extends ChargeDecision>(chargeId: string, decide: (charge: Charge, refundedMinor: bigint) => D): Promise<D | NotFound>;
  /** As `change`, by idempotency key. A key never seen is taken as open, so that it can be closed before its charge comes. */
  changeKey<D extends ChargeDecision>(
    idempotencyKey: string,
    decide: (seen: OpenKey | ClosedKey | Charge, refundedMinor: bigint) => D,
  ): Promise<D>;
  /** Locks the charge; a `refunded` decision is written and answered as the refund it made. */
  refund(
    request: RefundRequest,
    decide: (facts: RefundFacts) => Refunding,
  ): Promise<Exclude<Refunding, { kind: 'refunded' }> | { readonly kind: 'refunded'; readonly refund: Refund } | NotFound>;
  find(chargeId: string): Promise<Charge | undefined>;
  charges(
    filter: { readonly orderId?: string | undefined; readonly idempotencyKey?: string | undefined },
    page: PageRequest,
  ): Promise<Page<Charge>>;
  refunds(
    filter: { readonly orderId?: string | undefined; readonly idempotencyKey?: string | undefined },
    page: PageRequest,
  ): Promise<Page<Refund>>;
};

export type LabelFilter = {
  readonly orderId?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly trackingCode?: string | undefined;
};

/** The carrier's books. Every method has committed when it resolves. */
export type LabelBook = {
  /** One label per idempotency key. The same request again answers the label it made; another request under the key is `reused`. */
  buy(request: LabelRequest): Promise<{ readonly kind: 'bought' | 'repeated'; readonly label: Label } | { readonly kind: 'reused' }>;
  /** Locks the label found by id or tracking code, asks `decide`, and writes status and webhooks. */
  change<D extends { readonly kind: string; readonly label?: Label; readonly webhooks?: readonly OutgoingWebhook[] }>(
    by: { readonly id: string } | { readonly trackingCode: string },
    decide: (label: Label) => D,
  ): Promise<D | NotFound>;
  labels(filter: LabelFilter, page: PageRequest): Promise<Page<Label>>;
  /** A label with all that is printed of it. */
  find(id: string): Promise<(Label & LabelFacts) | undefined>;
};

/** Webhooks owed to the shop. */
export type WebhookJournal = {
  /** Resolves once no webhook of the stream is waiting any more, or after `withinMs`. */
  settled(stream: string, withinMs: number): Promise<void>;
};

/** A mail as it was accepted. `raw` is every byte after DATA; `messageId` is as in its header. */
export type IncomingMail = {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly messageId: string | undefined;
  readonly raw: Uint8Array;
};
export type Mail = Omit<IncomingMail, 'raw' | 'messageId'> & { readonly id: string; readonly receivedAt: Date };

/** A mail taken apart. Header names are lower-case; a header that came several times is joined by `, `. */
export type MailContent = {
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly { readonly filename: string; readonly contentType: string; readonly sizeBytes: number }[];
};

/** Every mail that was ever accepted. A mail sent twice is there twice: hiding it would hide the sender's mistake. */
export type Mailbox = {
  /** Has committed when it resolves; only then may the sender hear 250. */
  keep(mail: IncomingMail): Promise<void>;
  /** Recipient and message id are compared whole, in any case, the id with or without its angle brackets. */
  mails(filter: { readonly to?: string | undefined; readonly messageId?: string | undefined }, page: PageRequest): Promise<Page<Mail>>;
  find(id: string): Promise<(Mail & { readonly raw: Uint8Array }) | undefined>;
};

/** A message id as it is compared: in lower case, without its angle brackets. */
export function messageKeyOf(messageId: string): string {
  return messageId.trim().replace(/^<|>$/g, '').toLowerCase();
}

/** A text message as it was asked for. One key is one message. */
export type SmsRequest = { readonly idempotencyKey: string; readonly to: string; readonly text: string };
export type SmsMessage = SmsRequest & { readonly id: string; readonly receivedAt: Date };

/** Every text message that was ever accepted. */
export type SmsBook = {
  /** Has committed when it resolves. The same request again answers the message it made; another request under the key is `reused`. */
  keep(request: SmsRequest): Promise<{ readonly kind: 'kept' | 'repeated'; readonly message: SmsMessage } | { readonly kind: 'reused' }>;
  messages(filter: { readonly to?: string | undefined }, page: PageRequest): Promise<Page<SmsMessage>>;
};

export type ReceivedWebhook = {
  readonly id: string;
  readonly name: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
  /** Whether its signature held; null where the receiver knew no secret. */
  readonly verified: boolean | null;
  readonly receivedAt: Date;
};

/** Whatever was posted to the receiver, as it came, and the secrets that are known. */
export type WebhookInbox = {
  keep(
    name: string,
    webhook: Pick<ReceivedWebhook, 'headers' | 'verified'> & { readonly body: Uint8Array },
  ): Promise<{ readonly id: string }>;
  secretOf(name: string): Promise<string | undefined>;
  /** `null` forgets it. */
  setSecret(name: string, secret: string | null): Promise<void>;
  received(filter: { readonly name?: string | undefined }, page: PageRequest): Promise<Page<ReceivedWebhook>>;
};

/** Whether these bytes were signed with that secret just now. Source: Standard Webhooks 1.0. */
export type Verify = (secret: string, headers: ReceivedWebhook['headers'], body: Uint8Array) => boolean;

/** The faults that are set; they outlive a restart. */
export type FaultStore = {
  load(): Promise<Faults>;
  save(changed: Partial<Record<FaultTarget, Fault>>): Promise<void>;
};
