import { ConfigError, type Environment, loadConfig, mode } from '@tandem/host';
import { z } from 'zod';

const secret = "the secret of the carrier's webhooks, whsec_ and base64 of 24 bytes or more";
const easypostKey = 'a key of EasyPost, EZTK… (test) or EZAK… (production)';
const easypostSecrets = "the secrets of EasyPost's webhook, 16 characters or more, one or two separated by a comma";
const origin = "the address of EasyPost's API, without a path";
const address = 'the address parcels are sent from, as JSON: {"company":"…","street1":"…","city":"…","zip":"…","country":"DE","phone":"…"}';

const choice = z.object({ TANDEM_MODE: mode, CARRIER: z.enum(['sandbox', 'easypost'], { error: 'sandbox or easypost' }).optional() });
const sandbox = z.object({
  CARRIER_URL: z.url({ protocol: /^https?$/, error: 'the HTTP address of the carrier, e.g. http://127.0.0.1:3100' }),
  CARRIER_WEBHOOK_SECRET: z.string({ error: secret }).regex(/^whsec_[A-Za-z0-9+/=]{32,}$/, secret),
});
const From = z.strictObject({
  name: z.string().optional(),
  company: z.string().optional(),
  street1: z.string().min(1),
  street2: z.string().optional(),
  city: z.string().min(1),
  state: z.string().optional(),
  zip: z.string().min(1),
  country: z.string().length(2),
  phone: z.string().optional(),
});
const easypost = z.object({
  EASYPOST_API_KEY: z.string({ error: easypostKey }).regex(/^EZ[TA]K\w{3,}$/, easypostKey),
  EASYPOST_WEBHOOK_SECRETS: z
    .string({ error: easypostSecrets })
    .regex(/^[^\s,]{16,}(,[^\s,]{16,})?$/, easypostSecrets)
    .transform((text) => text.split(',')),
  EASYPOST_FROM: z
    .string({ error: address })
    .transform((text, context) => From.safeParse(jsonOf(text)).data ?? (context.addIssue({ code: 'custom', message: address }), z.NEVER)),
  EASYPOST_API_URL: z
    .url({ protocol: /^https?$/, error: origin })
    .refine((text) => URL.canParse(text) && new URL(text).pathname === '/', origin)
    .default('https://api.easypost.com'),
});

export type SandboxConfig = { readonly carrier: 'sandbox'; readonly carrierUrl: string; readonly webhookSecret: string };
export type EasyPostConfig = {
  readonly carrier: 'easypost';
  readonly apiKey: string;
  readonly apiUrl: string;
  readonly from: z.infer<typeof From>;
  /** Secrets a webhook may be signed with: the newest, and while it replaces another one, that one too. */
  readonly webhookSecrets: readonly string[];
};
export type ShippingConfig = SandboxConfig | EasyPostConfig;

/** Which carrier sells labels, and what it takes to talk to it. Production names its carrier; development has the sandbox. */
export function shippingConfig(env: Environment): ShippingConfig {
  const { TANDEM_MODE, CARRIER } = loadConfig(choice, env);
  const carrier = CARRIER ?? (TANDEM_MODE === 'development' ? 'sandbox' : undefined);
  if (carrier === undefined) throw invalid('CARRIER: got nothing, wants sandbox or easypost');
  return carrier === 'easypost' ? easypostConfig(env, TANDEM_MODE === 'production') : sandboxConfig(env);
}

function sandboxConfig(env: Environment): SandboxConfig {
  const { CARRIER_URL, CARRIER_WEBHOOK_SECRET } = loadConfig(sandbox, env);
  return { carrier: 'sandbox', carrierUrl: CARRIER_URL, webhookSecret: CARRIER_WEBHOOK_SECRET };
}

function easypostConfig(env: Environment, isProduction: boolean): EasyPostConfig {
  const { EASYPOST_API_KEY, EASYPOST_API_URL, EASYPOST_FROM, EASYPOST_WEBHOOK_SECRETS } = loadConfig(easypost, env);
  if (!isProduction && EASYPOST_API_KEY.startsWith('EZAK'))
    throw invalid('EASYPOST_API_KEY: got a key that buys postage, wants one of test mode (EZTK…) while TANDEM_MODE is development');
  if (isProduction && !EASYPOST_API_URL.startsWith('https:'))
    throw invalid('EASYPOST_API_URL: got an address without TLS, wants https: the key is sent to it');
  return {
    carrier: 'easypost',
    apiKey: EASYPOST_API_KEY,
    apiUrl: EASYPOST_API_URL,
    from: EASYPOST_FROM,
    webhookSecrets: EASYPOST_WEBHOOK_SECRETS,
  };
}

function invalid(what: string): ConfigError {
  return new ConfigError(`The configuration is not valid:\n  ${what}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not JSON: the schema says so
  }
}
