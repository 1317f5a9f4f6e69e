import { ConfigError, type Environment, loadConfig, mode, port } from '@tandem/host';
import { z } from 'zod';

const httpUrl = z.url({ protocol: /^https?$/, error: 'an HTTP address, e.g. http://127.0.0.1:3000/v1/webhooks/carriers/sandbox' });
const secret = z.string().regex(/^whsec_[A-Za-z0-9+/]{16,}={0,2}$/, 'whsec_ and a key in base64 (Standard Webhooks)');

const schema = z.object({
  TANDEM_MODE: mode,
  SANDBOX_PORT: port.default(3100),
  SANDBOX_SMTP_PORT: port.optional(),
  SANDBOX_PUBLIC_URL: httpUrl.optional(),
  SANDBOX_URL: httpUrl.optional(),
  PAYMENT_WEBHOOK_URL: httpUrl.optional(),
  PAYMENT_WEBHOOK_SECRET: secret.optional(),
  CARRIER_WEBHOOK_URL: httpUrl.optional(),
  CARRIER_WEBHOOK_SECRET: secret.optional(),
  RELAY_SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'an SMTP address, e.g. smtp://mailpit:1025' }).optional(),
});

export type SandboxConfig = {
  readonly port: number;
  /** `mayMove`: nobody asked for this port, so a free one will do when it is busy. */
  readonly smtp: { readonly port: number; readonly mayMove: boolean };
  /** Where a shopper's browser reaches the sandbox, without a slash at the end. */
  readonly publicUrl: string;
  /** Where the shop's services reach it, without a slash at the end: in containers not where you do. */
  readonly serviceUrl: string;
  /** `null`: such webhooks wait in the journal until an address is configured. */
  readonly webhooks: Readonly<Record<'payment' | 'carrier', { readonly url: string; readonly secret: string } | null>>;
  /** Another mail server that gets a copy of each mail. */
  readonly relayUrl: string | null;
};

/** Reads the sandbox's variables. Throws `ConfigError`, also in production: money and parcels of the sandbox are not real. */
export function sandboxConfig(env: Environment): SandboxConfig {
  const parsed = loadConfig(schema, env);
  if (parsed.TANDEM_MODE === 'production') {
    throw new ConfigError(
      'The sandbox does not start in production:\n  TANDEM_MODE: got "production", wants development (the default is production)',
    );
  }
  if (parsed.SANDBOX_PORT !== 0 && parsed.SANDBOX_PORT === parsed.SANDBOX_SMTP_PORT) {
    throw new ConfigError(
      `The configuration is not valid:\n  SANDBOX_SMTP_PORT: got "${parsed.SANDBOX_SMTP_PORT}", wants another port than SANDBOX_PORT`,
    );
  }
  return {
    port: parsed.SANDBOX_PORT,
    smtp: { port: parsed.SANDBOX_SMTP_PORT ?? 2525, mayMove: parsed.SANDBOX_SMTP_PORT === undefined },
    publicUrl: (parsed.SANDBOX_PUBLIC_URL ?? `http://localhost:${parsed.SANDBOX_PORT}`).replace(/\/$/, ''),
    serviceUrl: (parsed.SANDBOX_URL ?? `http://127.0.0.1:${parsed.SANDBOX_PORT}`).replace(/\/$/, ''),
    webhooks: {
      payment: target('PAYMENT', parsed.PAYMENT_WEBHOOK_URL, parsed.PAYMENT_WEBHOOK_SECRET),
      carrier: target('CARRIER', parsed.CARRIER_WEBHOOK_URL, parsed.CARRIER_WEBHOOK_SECRET),
    },
    relayUrl: parsed.RELAY_SMTP_URL ?? null,
  };
}

function target(name: string, url: string | undefined, signedWith: string | undefined): { url: string; secret: string } | null {
  if (url === undefined) return null;
  if (signedWith !== undefined) return { url, secret: signedWith };
  throw new ConfigError(
    `The configuration is not valid:\n  ${name}_WEBHOOK_SECRET: got nothing, wants whsec_ and a key in base64, because ${name}_WEBHOOK_URL is set`,
  );
}
