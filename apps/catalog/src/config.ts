import { type Environment, loadConfig, mode } from '@tandem/host';
import { z } from 'zod';

export type CatalogConfig = {
  /** An empty shop is filled with the products of `seed/`. */
  readonly seeds: boolean;
};

/** `TANDEM_SEED`: on (the default) or off, in development. A production shop is never seeded. */
export function loadCatalogConfig(env: Environment): CatalogConfig {
  const seed = z.enum(['on', 'off', 'true', 'false'], { error: 'on or off' }).default('on');
  const { TANDEM_SEED, TANDEM_MODE } = loadConfig(z.object({ TANDEM_SEED: seed, TANDEM_MODE: mode }), env);
  return { seeds: TANDEM_MODE === 'development' && ['on', 'true'].includes(TANDEM_SEED) };
}
