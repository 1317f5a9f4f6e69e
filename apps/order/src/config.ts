import { type Environment, loadConfig } from '@tandem/host';
import { z } from 'zod';

/** What order reads beside the variables every service has. */
export type OrderConfig = {
  /** Checkouts this process runs at once; more are refused as `overloaded`. `ORDER_CHECKOUTS_IN_FLIGHT`, default 256. */
  readonly checkoutsInFlight: number;
};

const shape = z.object({
  ORDER_CHECKOUTS_IN_FLIGHT: z.string().regex(/^[1-9]\d{0,4}$/, 'a number of checkouts, 1 to 99999').transform(Number).prefault('256'),
});

export function loadOrderConfig(env: Environment): OrderConfig {
  return { checkoutsInFlight: loadConfig(shape, env).ORDER_CHECKOUTS_IN_FLIGHT };
}
