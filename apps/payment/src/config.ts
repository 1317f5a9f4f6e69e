import { ConfigError, type Environment, loadConfig, mode } from '@tandem/host';
import { z } from 'zod';

const timeout = z
  .string()
  .regex(/^\d{3,5}$/, 'milliseconds to wait for the bank, 100 to 99999')
  .transform(Number)
  .default(10_000);
const secret = z
  .string({ error: "the secret of the bank's webhooks, whsec_ and base64 of 24 bytes or more" })
  .regex(/^whsec_[A-Za-z0-9+/=]{32,}$/, "the secret of the bank's webhooks, whsec_ and base64 of 24 bytes or more");
const stripeKey = 'a secret or restricted key of Stripe, sk_test_…, rk_test_…, sk_live_… or rk_live_…';
const stripeSecrets = "the signing secrets of Stripe's webhook endpoint, whsec_…, one or two separated by a comma";

const providers = { error: 'sandbox or stripe' };
const choice = z.object({ TANDEM_MODE: mode, PAYMENT_PROVIDER: z.enum(['sandbox', 'stripe'], providers).optional() });
const sandbox = z.object({
  BANK_URL: z.url({ protocol: /^https?$/, error: 'the HTTP address of the bank, e.g. http://127.0.0.1:3100' }),
  BANK_TIMEOUT_MS: timeout,
  PAYMENT_WEBHOOK_SECRET: secret,
  PAYMENT_WEBHOOK_SECRET_PREVIOUS: secret.optional(),
});
const stripe = z.object({
  BANK_TIMEOUT_MS: timeout,
  STRIPE_SECRET_KEY: z.string({ error: stripeKey }).regex(/^[sr]k_(test|live)_\w{3,}$/, stripeKey),
  STRIPE_WEBHOOK_SECRETS: z
    .string({ error: stripeSecrets })
    .regex(/^whsec_[^\s,]{8,}(,whsec_[^\s,]{8,})?$/, stripeSecrets)
    .transform((text) => text.split(',')),
  STRIPE_RETURN_URL: z.url({
    protocol: /^https?$/,
    error: 'the page to which shoppers come back from a challenge, e.g. https://shop.example/checkout/back',
  }),
  STRIPE_API_URL: z
    .url({ protocol: /^https?$/, error: "the address of Stripe's API, without a path" })
    .refine(isOrigin, "the address of Stripe's API, without a path")
    .default('https://api.stripe.com'),
});

export type SandboxConfig = {
  readonly provider: 'sandbox';
  readonly bankUrl: string;
  readonly deadlineMs: number;
  /** Secrets a webhook may be signed with: the newest, and while it replaces another one, that one too. */
  readonly webhookSecrets: readonly string[];
};
export type StripeConfig = {
  readonly provider: 'stripe';
  readonly secretKey: string;
  readonly apiUrl: string;
  readonly returnUrl: string;
  readonly deadlineMs: number;
  readonly webhookSecrets: readonly string[];
};
export type PaymentConfig = SandboxConfig | StripeConfig;

/** Which provider is charged, and what it takes to talk to it. Production names its provider; development has the sandbox. */
export function paymentConfig(env: Environment): PaymentConfig {
  const { TANDEM_MODE, PAYMENT_PROVIDER } = loadConfig(choice, env);
  const provider = PAYMENT_PROVIDER ?? (TANDEM_MODE === 'development' ? 'sandbox' : undefined);
  if (provider === undefined)
    throw new ConfigError('The configuration is not valid:\n  PAYMENT_PROVIDER: got nothing, wants sandbox or stripe');
  return provider === 'stripe' ? stripeConfig(env, TANDEM_MODE === 'production') : sandboxConfig(env);
}

function sandboxConfig(env: Environment): SandboxConfig {
  const { BANK_URL, BANK_TIMEOUT_MS, PAYMENT_WEBHOOK_SECRET, PAYMENT_WEBHOOK_SECRET_PREVIOUS: previous } = loadConfig(sandbox, env);
  return {
    provider: 'sandbox',
    bankUrl: BANK_URL,
    deadlineMs: BANK_TIMEOUT_MS,
    webhookSecrets: [PAYMENT_WEBHOOK_SECRET, ...(previous === undefined ? [] : [previous])],
  };
}

function stripeConfig(env: Environment, isProduction: boolean): StripeConfig {
  const { STRIPE_SECRET_KEY, STRIPE_API_URL, STRIPE_RETURN_URL, BANK_TIMEOUT_MS, STRIPE_WEBHOOK_SECRETS } = loadConfig(stripe, env);
  if (!isProduction && STRIPE_SECRET_KEY.includes('_live_'))
    throw new ConfigError(
      'The configuration is not valid:\n  STRIPE_SECRET_KEY: got a key that moves money, wants one of test mode (sk_test_…) while TANDEM_MODE is development',
    );
  if (isProduction && !STRIPE_API_URL.startsWith('https:'))
    throw new ConfigError(
      'The configuration is not valid:\n  STRIPE_API_URL: got an address without TLS, wants https: the key is sent to it',
    );
  return {
    provider: 'stripe',
    secretKey: STRIPE_SECRET_KEY,
    apiUrl: STRIPE_API_URL,
    returnUrl: STRIPE_RETURN_URL,
    deadlineMs: BANK_TIMEOUT_MS,
    webhookSecrets: STRIPE_WEBHOOK_SECRETS,
  };
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).pathname === '/';
}
