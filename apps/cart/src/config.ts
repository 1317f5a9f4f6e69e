import { type Environment, loadConfig, mode } from '@tandem/host';
import { z } from 'zod';

export type CartConfig = {
  /** The codes `WELCOME10` and `FREESHIP` are there. */
  readonly seeds: boolean;
};

/** `TANDEM_SEED`: on (the default) or off, in development. A production shop is never seeded. */
export function loadCartConfig(env: Environment): CartConfig {
  const seed = z.enum(['on', 'off', 'true', 'false'], { error: 'on or off' }).default('on');
  const { TANDEM_SEED, TANDEM_MODE } = loadConfig(z.object({ TANDEM_SEED: seed, TANDEM_MODE: mode }), env);
  return { seeds: TANDEM_MODE === 'development' && ['on', 'true'].includes(TANDEM_SEED) };
}
