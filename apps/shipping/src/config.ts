import { type Environment, loadConfig } from '@tandem/host';
import { z } from 'zod';

const schema = z.object({
  CARRIER_URL: z.url({ protocol: /^https?$/, error: 'the HTTP address of the carrier, e.g. http://127.0.0.1:3100' }),
  CARRIER_WEBHOOK_SECRET: z.string({ error: 'the secret of the carrier\'s webhooks, whsec_…' }).regex(/^whsec_[A-Za-z0-9+/=]{32,}$/, 'the secret of the carrier\'s webhooks, whsec_ and base64 of 24 bytes or more'),
});

export type ShippingConfig = { readonly carrierUrl: string; readonly webhookSecret: string };

export function shippingConfig(env: Environment): ShippingConfig {
  const { CARRIER_URL, CARRIER_WEBHOOK_SECRET } = loadConfig(schema, env);
  return { carrierUrl: CARRIER_URL, webhookSecret: CARRIER_WEBHOOK_SECRET };
}
