import { type Environment, loadConfig } from '@tandem/host';
import { z } from 'zod';

const schema = z.object({
  BANK_URL: z.url({ protocol: /^https?$/, error: 'the HTTP address of the bank, e.g. http://127.0.0.1:3100' }),
  PAYMENT_DEADLINE_MS: z.string().regex(/^\d{3,5}$/, 'milliseconds to wait for the bank, 100 to 99999').transform(Number).default(10_000),
});

export type PaymentConfig = { readonly bankUrl: string; readonly deadlineMs: number };

export function paymentConfig(env: Environment): PaymentConfig {
  const { BANK_URL, PAYMENT_DEADLINE_MS } = loadConfig(schema, env);
  return { bankUrl: BANK_URL, deadlineMs: PAYMENT_DEADLINE_MS };
}
