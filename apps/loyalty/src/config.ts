import { type Environment, loadConfig, mode } from '@tandem/host';
import { z } from 'zod';

export type LoyaltyConfig = {
  /** Days from the delivery until an order's points can be spent. */
  readonly returnDays: number;
};

/** `LOYALTY_RETURN_DAYS`: 14, in development 0: available with the delivery. */
export function loadLoyaltyConfig(env: Environment): LoyaltyConfig {
  const days = z.coerce.number({ error: 'whole days, 0 to 365' }).int().min(0).max(365).optional();
  const { TANDEM_MODE, LOYALTY_RETURN_DAYS } = loadConfig(z.object({ TANDEM_MODE: mode, LOYALTY_RETURN_DAYS: days }), env);
  return { returnDays: LOYALTY_RETURN_DAYS ?? (TANDEM_MODE === 'development' ? 0 : 14) };
}
