import { type Environment, loadConfig, mode } from '@tandem/host';
import { z } from 'zod';

/** What customer reads beside the variables every service has. */
export type CustomerConfig = {
  /** Demo accounts exist: development only. */
  readonly seedsDemoAccounts: boolean;
};

export function loadCustomerConfig(env: Environment): CustomerConfig {
  return { seedsDemoAccounts: loadConfig(z.object({ TANDEM_MODE: mode }), env).TANDEM_MODE === 'development' };
}
