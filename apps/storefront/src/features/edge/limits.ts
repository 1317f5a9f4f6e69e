import { Refusal } from '@tandem/host';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { LimitName } from './endpoint.js';

/** Requests per second and address. */
export type LimitRates = Readonly<Record<'general' | LimitName, number>>;

/** Tries to find an order per minute, address and number. Source: docs/reference/api.md, "Rate limits". */
const lookupsPerMinute = 10;

/** Budgets of requests, kept in this process. */
export class Limits {
  private readonly budgets: Readonly<Record<'general' | LimitName, RateLimiterMemory>>;
  private readonly lookups = new RateLimiterMemory({ points: lookupsPerMinute, duration: 60 });

  constructor(rates: LimitRates) {
    const perSecond = (points: number): RateLimiterMemory => new RateLimiterMemory({ points, duration: 1 });
    this.budgets = { general: perSecond(rates.general), guest: perSecond(rates.guest), credentials: perSecond(rates.credentials) };
  }

  /** Takes one from a budget of an address; refuses with `rate-limited` when it is spent. */
  async take(name: 'general' | LimitName, ip: string): Promise<void> {
    await consume(this.budgets[name], ip);
  }

  async takeLookup(ip: string, orderNumber: string): Promise<void> {
    await consume(this.lookups, `${ip} ${orderNumber}`);
  }
}

async function consume(budget: RateLimiterMemory, key: string): Promise<void> {
  try {
    await budget.consume(key);
  } catch (spent) {
    if (!(spent instanceof RateLimiterRes)) throw spent;
    const retryAfterSeconds = spent.msBeforeNext / 1_000;
    throw new Refusal('rate-limited', {
      detail: `too many requests; ask again in ${Math.max(1, Math.ceil(retryAfterSeconds))} s`,
      retryAfterSeconds,
    });
  }
}
