import type { ChargeAnswer } from './payment-provider.js';

/** A webhook as it came in. Headers by their role, empty where a provider has none (Stripe signs the time with the rest, and names the event in the body); the body byte for byte. */
export type SignedWebhook = { readonly id: string; readonly timestamp: string; readonly signature: string; readonly body: Uint8Array };

/** What became of the charge under a key. */
export type ChargeNews = { readonly key: string; readonly answer: Exclude<ChargeAnswer, { kind: 'unknown' | 'unavailable' }> };

/** A refund that was given, by its key, and whose money came back: its receiver's account is closed. */
export type RefundNews = { readonly failedRefund: string };

export type ProviderNews = ChargeNews | RefundNews;

export type OpenedWebhook =
  /** `id`: the same for every delivery of the same news. `null`: news about something that is none of ours. */
  | { readonly kind: 'opened'; readonly id: string; readonly news: ProviderNews | null }
  | { readonly kind: 'signature-invalid' }
  /** Signed by the provider, and yet not what its reference says. */
  | { readonly kind: 'malformed'; readonly because: string };

/** How one provider signs and words its webhooks. Compares in constant time; a signature older or newer than 300 s does not hold. */
export type WebhookReader = { readonly provider: string; open(webhook: SignedWebhook): OpenedWebhook };

export type OwedNews = { readonly provider: string; readonly webhookId: string; readonly news: ProviderNews; readonly attempts: number };

/** News that came in, each once per provider and webhook id, kept until handled. */
export type NewsInbox = {
  /** False when it was taken in before. */
  take(provider: string, webhookId: string, news: ProviderNews): Promise<boolean>;
  /** What is due, each to one caller: it is due again only when that one has had its time. */
  takeDue(limit: number): Promise<readonly OwedNews[]>;
  settle(owed: OwedNews): Promise<void>;
  postpone(owed: OwedNews, because: string, againMs: number): Promise<void>;
  /** Forgets what was handled longer ago than this: no provider repeats itself after so long. */
  prune(olderThanDays: number): Promise<void>;
};
