import type { Page, PageRequest, ReceivedWebhook, Verify, WebhookInbox } from '../domain/ports.js';

/** Keeps whatever was posted to it, repeats and forgeries too, and says whose signature held. */
export class KeepWebhooks {
  constructor(
    private readonly inbox: WebhookInbox,
    private readonly verify: Verify,
  ) {}

  async keep(name: string, headers: ReceivedWebhook['headers'], body: Uint8Array): Promise<Pick<ReceivedWebhook, 'id' | 'verified'>> {
    const secret = await this.inbox.secretOf(name);
    const verified = secret === undefined ? null : this.verify(secret, headers, body);
    return { ...(await this.inbox.keep(name, { headers, body, verified })), verified };
  }

  list({ name }: { readonly name?: string | undefined }, page: PageRequest): Promise<Page<ReceivedWebhook>> {
    return this.inbox.received({ name }, page);
  }

  setSecret(name: string, secret: string | null): Promise<void> {
    return this.inbox.setSecret(name, secret);
  }
}
