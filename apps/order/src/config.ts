import { type Environment, loadConfig } from '@tandem/host';
import { z } from 'zod';

/** What order reads beside the variables every service has. */
export type OrderConfig = {
  /** Checkouts this process runs at once; more are refused as `overloaded`. `ORDER_CHECKOUTS_IN_FLIGHT`, default 256. */
  readonly checkoutsInFlight: number;
  /**
   * How long stock is reserved for a checkout, and points held, seconds. `ORDER_RESERVATION_SECONDS`, 1 to 86,400, default 900: longer than any checkout may
   * wait for its payment. What is paid for later is reserved anew, or the money goes back.
   */
  readonly reservationSeconds: number;
};

const shape = z.object({
  ORDER_CHECKOUTS_IN_FLIGHT: z
    .string()
    .regex(/^[1-9]\d{0,4}$/, 'a number of checkouts, 1 to 99999')
    .transform(Number)
    .prefault('256'),
  ORDER_RESERVATION_SECONDS: z
    .string()
    .regex(/^[1-9]\d{0,4}$/, 'seconds, 1 to 86400')
    .transform(Number)
    .refine((seconds) => seconds <= 86_400, 'seconds, 1 to 86400')
    .prefault('900'),
});

export function loadOrderConfig(env: Environment): OrderConfig {
  const { ORDER_CHECKOUTS_IN_FLIGHT, ORDER_RESERVATION_SECONDS } = loadConfig(shape, env);
  return { checkoutsInFlight: ORDER_CHECKOUTS_IN_FLIGHT, reservationSeconds: ORDER_RESERVATION_SECONDS };
}
