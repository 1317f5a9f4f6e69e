import { type Environment, loadConfig, type Mode, mode } from '@tandem/host';
import { z } from 'zod';

const schema = z.object({
  TANDEM_MODE: mode,
  SANDBOX_URL: z.url({ protocol: /^https?$/, error: 'the HTTP address of the sandbox, e.g. http://127.0.0.1:3100' }).optional(),
});

/** `sandboxUrl`: the one private address that may be told, in development only. */
export type WebhookConfig = { readonly mode: Mode; readonly sandboxUrl: string | undefined };

export function webhookConfig(env: Environment): WebhookConfig {
  const { TANDEM_MODE, SANDBOX_URL } = loadConfig(schema, env);
  return { mode: TANDEM_MODE, sandboxUrl: TANDEM_MODE === 'development' ? SANDBOX_URL : undefined };
}
