import type { Page, PageRequest, ReceivedWebhook, WebhookInbox } from '../domain/ports.js';

/** Keeps whatever was posted to it, repeats too. */
export class KeepWebhooks {
  constructor(private readonly inbox: WebhookInbox) {}

  keep(name: string, headers: ReceivedWebhook['headers'], body: Uint8Array): Promise<{ readonly id: string }> {
    return this.inbox.keep(name, headers, body);
  }

  list({ name }: { readonly name?: string | undefined }, page: PageRequest): Promise<Page<ReceivedWebhook>> {
    return this.inbox.received({ name }, page);
  }
}
