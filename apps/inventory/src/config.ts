import { type Environment, loadConfig, mode } from '@tandem/host';
import { z } from 'zod';

export type InventoryConfig = {
  /** There is a second location. */
  readonly seeds: boolean;
};

/** `TANDEM_SEED`: on (the default) or off, in development. A production shop is never seeded. */
export function loadInventoryConfig(env: Environment): InventoryConfig {
  const seed = z.enum(['on', 'off', 'true', 'false'], { error: 'on or off' }).default('on');
  const { TANDEM_SEED, TANDEM_MODE } = loadConfig(z.object({ TANDEM_SEED: seed, TANDEM_MODE: mode }), env);
  return { seeds: TANDEM_MODE === 'development' && ['on', 'true'].includes(TANDEM_SEED) };
}
