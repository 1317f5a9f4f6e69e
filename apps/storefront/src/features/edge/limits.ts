import { Refusal } from '@tandem/host';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { LimitName } from './endpoint.js';

/** Requests per second and address. */
export type LimitRates = Readonly<Record<'general' | LimitName, number>>;

/** Budgets of requests, kept in this process. */
export class Limits {
  private readonly budgets: Readonly<Record<'general' | LimitName, RateLimiterMemory>>;

  constructor(rates: LimitRates) {
    const perSecond = (points: number): RateLimiterMemory => new RateLimiterMemory({ points, duration: 1 });
    this.budgets = { general: perSecond(rates.general), guest: perSecond(rates.guest), credentials: perSecond(rates.credentials) };
  }

  /** Takes one from a budget of an address; refuses with `rate-limited` when it is spent. */
  async take(name: 'general' | LimitName, ip: string): Promise<void> {
    await consume(this.budgets[name], ip);
  }
}

/** Takes one from a budget; refuses with `rate-limited` when it is spent. */
export async function consume(budget: RateLimiterMemory, key: string): Promise<void> {
  try {
    await budget.consume(key);
  } catch (spent) {
    if (!(spent instanceof RateLimiterRes)) throw spent;
    throw tooMany(spent.msBeforeNext);
  }
}

/** The refusal of a budget that is spent for so long. */
export function tooMany(waitMs: number): Refusal {
  const retryAfterSeconds = waitMs / 1_000;
  return new Refusal('rate-limited', {
    detail: `too many requests; ask again in ${Math.max(1, Math.ceil(retryAfterSeconds))} s`,
    retryAfterSeconds,
  });
}
