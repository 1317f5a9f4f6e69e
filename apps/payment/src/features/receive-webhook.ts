import type { NewsInbox, SignedWebhook, WebhookReader } from '../domain/provider-news.js';

export type Receiving =
  | { readonly kind: 'taken' | 'repeated' | 'none-of-ours' }
  | { readonly kind: 'refused'; readonly because: 'unknown-provider' | 'signature-invalid' }
  | { readonly kind: 'malformed'; readonly because: string };

export type ReceiveWebhookParts = { readonly readers: readonly WebhookReader[]; readonly inbox: NewsInbox; readonly wake: () => void };

/** Takes a provider's webhook in, once per id. What it means is found out behind the answer. */
export class ReceiveWebhook {
  constructor(private readonly parts: ReceiveWebhookParts) {}

  async run(provider: string, webhook: SignedWebhook): Promise<Receiving> {
    const reader = this.parts.readers.find((each) => each.provider === provider);
    if (!reader) return { kind: 'refused', because: 'unknown-provider' };
    const opened = reader.open(webhook);
    if (opened.kind === 'signature-invalid') return { kind: 'refused', because: 'signature-invalid' };
    if (opened.kind === 'malformed') return opened;
    if (opened.news === null) return { kind: 'none-of-ours' };
    if (!(await this.parts.inbox.take(provider, opened.id, opened.news))) return { kind: 'repeated' };
    this.parts.wake();
    return { kind: 'taken' };
  }
}
