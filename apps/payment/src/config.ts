import { type Environment, loadConfig } from '@tandem/host';
import { z } from 'zod';

const secret = z.string().regex(/^whsec_[A-Za-z0-9+/=]{32,}$/, 'the secret of the bank\'s webhooks, whsec_ and base64 of 24 bytes or more');

const schema = z.object({
  BANK_URL: z.url({ protocol: /^https?$/, error: 'the HTTP address of the bank, e.g. http://127.0.0.1:3100' }),
  BANK_TIMEOUT_MS: z.string().regex(/^\d{3,5}$/, 'milliseconds to wait for the bank, 100 to 99999').transform(Number).default(10_000),
  PAYMENT_WEBHOOK_SECRET: secret,
  PAYMENT_WEBHOOK_SECRET_PREVIOUS: secret.optional(),
});

export type PaymentConfig = {
  readonly bankUrl: string;
  readonly deadlineMs: number;
  /** Secrets a webhook may be signed with: the newest, and while it replaces another one, that one too. */
  readonly webhookSecrets: readonly string[];
};

export function paymentConfig(env: Environment): PaymentConfig {
  const { BANK_URL, BANK_TIMEOUT_MS, PAYMENT_WEBHOOK_SECRET, PAYMENT_WEBHOOK_SECRET_PREVIOUS: previous } = loadConfig(schema, env);
  return { bankUrl: BANK_URL, deadlineMs: BANK_TIMEOUT_MS, webhookSecrets: [PAYMENT_WEBHOOK_SECRET, ...(previous === undefined ? [] : [previous])] };
}
