import { isSignedBy } from '@tandem/host';
import { Webhook } from 'standardwebhooks';
import type { Verify } from '../domain/ports.js';

/** Standard Webhooks 1.0: over id, timestamp and the bytes as they came, one of several signatures, five minutes old at most. */
export const isSignedWith: Verify = (secret, headers, body) => {
  const header = (name: string): string => String(headers[name] ?? '');
  return isSignedBy(new Webhook(secret), {
    id: header('webhook-id'),
    timestamp: header('webhook-timestamp'),
    signature: header('webhook-signature'),
    body: Buffer.from(body),
  });
};
