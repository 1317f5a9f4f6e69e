import { type Environment, loadConfig } from '@tandem/host';
import { z } from 'zod';

export type LoyaltyConfig = {
  /** Days from the delivery until an order's points can be spent. */
  readonly returnDays: number;
};

/** `LOYALTY_RETURN_DAYS`; 0 when nothing is said, in every mode: available with the delivery, as the API promises. */
export function loadLoyaltyConfig(env: Environment): LoyaltyConfig {
  const days = z.coerce.number({ error: 'whole days, 0 to 365' }).int().min(0).max(365).default(0);
  return { returnDays: loadConfig(z.object({ LOYALTY_RETURN_DAYS: days }), env).LOYALTY_RETURN_DAYS };
}
