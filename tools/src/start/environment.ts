import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StartOptions } from './options.js';
import type { Ports } from './ports.js';
import type { Secrets } from './secrets.js';

export type SharedFacts = {
  readonly options: StartOptions;
  readonly ports: Ports;
  readonly databaseUrl: string;
  readonly brokers: string | undefined;
  readonly secrets: Secrets;
};

/** What every process of the system gets. What the user set wins over what is made up here, but for addresses, which are assigned. */
export function environmentOf({ options, ports, databaseUrl, brokers, secrets }: SharedFacts): Readonly<Record<string, string>> {
  const storefront = `http://127.0.0.1:${ports['storefront']}`;
  const sandbox = `http://127.0.0.1:${ports['sandbox']}`;
  const defaults = {
    TANDEM_MODE: 'development',
    TANDEM_SEED: options.seed ? 'on' : 'off',
    PUBLIC_URL: `http://localhost:${ports['storefront']}`,
    BANK_URL: sandbox,
    CARRIER_URL: sandbox,
    SANDBOX_URL: sandbox,
    SMS_URL: sandbox,
    STORAGE_URL: pathToFileURL(join(options.dataDir, 'storage')).href,
    SMTP_URL: `smtp://127.0.0.1:${ports['smtp']}`,
    // Only the sandbox's mailbox can be asked whether a mail has arrived: another server's mails are not in it.
    ...(options.env['SMTP_URL'] ? {} : { MAILBOX_URL: sandbox }),
    PAYMENT_WEBHOOK_URL: `${storefront}/v1/webhooks/payments/sandbox`,
    CARRIER_WEBHOOK_URL: `${storefront}/v1/webhooks/carriers/sandbox`,
    ...secrets,
  };
  const assigned = {
    DATABASE_URL: databaseUrl,
    STOREFRONT_PORT: String(ports['storefront']),
    SANDBOX_PORT: String(ports['sandbox']),
    SANDBOX_SMTP_PORT: String(ports['smtp']),
    ...(brokers ? { KAFKA_BROKERS: brokers } : {}),
  };
  return { ...defaults, ...given(options.env), ...assigned };
}

/** Empty variables count as not set. */
function given(env: StartOptions['env']): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''));
}
