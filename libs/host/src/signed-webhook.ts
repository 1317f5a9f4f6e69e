import { type Webhook, WebhookVerificationError } from 'standardwebhooks';

/** A webhook as it came in: headers by their role, the body byte for byte. */
type SignedWebhook = { readonly id: string; readonly timestamp: string; readonly signature: string; readonly body: Uint8Array };

/** Whether it is signed with the signer's secret, its time no more than five minutes off. Compares in constant time. Source: Standard Webhooks 1.0. */
export function isSignedBy(signer: Webhook, { id, timestamp, signature, body }: SignedWebhook): boolean {
  try {
    const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
    signer.verify(Buffer.from(body).toString('utf8'), headers, { jsonParse: false });
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}

/** What a webhook's body says; undefined when it is no JSON, which no schema accepts. */
export function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined; // not JSON: the schema says so
  }
}
