import { isIPv6 } from 'node:net';
import { Refusal } from '@tandem/host';
import { normalizeOrderNumber } from '@tandem/kernel';
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { consume, tooMany } from './limits.js';

/** Tries a minute from one site; wrong e-mails in a quarter of an hour from everywhere, before a number is guarded; numbers remembered. Source: docs/reference/api.md, "Looking an order up". */
const limits = { triesPerMinute: 10, guesses: 30, guardedMs: 900_000, remembered: 50_000 };

/**
 * Who knows an order's number and guesses its e-mail is slowed down, and cannot keep its owner out; kept in this process.
 *
 * - From one site, a number is asked for ten times a minute, right or wrong. A site is an IPv4 address, or the /48 of an IPv6 address: the most one
 *   customer is given (RFC 6177), who would else have a fresh address for every guess.
 * - Many sites together have 30 wrong e-mails; from then on the number is guarded for the rest of the quarter of an hour: each site has one wrong
 *   e-mail, and a right one is always answered and costs nothing. So guessing goes as fast as one has fresh sites, one guess each per quarter
 *   of an hour, while the owner, who knows the e-mail, is answered from wherever a stranger is not. A bound that refused right answers too would
 *   be a way to keep the owner out; one that refused none would be no bound.
 * - A try is counted before it is answered, so that guesses sent at once get no further, and given back when the e-mail was right or nobody could say.
 * - Numbers are counted as they are meant: `o` for `0` or a blank is no fresh number. Numbers of no order are counted alike, so that a 429 tells nothing.
 * - Who floods us with numbers to have the guarded one forgotten needs 50,000 requests for 30 guesses.
 */
export class LookupLimits {
  private readonly tries = new RateLimiterMemory({ points: limits.triesPerMinute, duration: 60 });
  private readonly guesses = new LRUCache<string, { count: number }>({ max: limits.remembered, ttl: limits.guardedMs });
  private readonly spent = new LRUCache<string, true>({ max: limits.remembered, ttl: limits.guardedMs });

  /** Asks for a number as it was typed; refuses with `rate-limited`. A `not-found` counts as a wrong e-mail. */
  async run<T>({ ip, number: typed }: { readonly ip: string; readonly number: string }, ask: (number: string) => Promise<T>): Promise<T> {
    const number = normalizeOrderNumber(typed);
    const seeker = `${siteOf(ip)} ${number}`;
    await consume(this.tries, seeker);
    const giveBack = this.take(number, seeker);
    try {
      const found = await ask(number);
      giveBack();
      return found;
    } catch (error) {
      if (!(error instanceof Refusal && error.problem.code === 'not-found')) giveBack();
      throw error;
    }
  }

  private take(number: string, seeker: string): () => void {
    const counter = this.guesses.get(number) ?? { count: 0 };
    const isGuarded = counter.count >= limits.guesses;
    if (isGuarded && this.spent.has(seeker)) throw tooMany(this.spent.getRemainingTTL(seeker));
    if (isGuarded) this.spent.set(seeker, true);
    if (counter.count === 0) this.guesses.set(number, counter); // the quarter of an hour begins
    counter.count += 1;
    return () => {
      counter.count -= 1;
      if (isGuarded) this.spent.delete(seeker);
    };
  }
}

/** IPv4 in IPv6 is IPv4. */
function siteOf(ip: string): string {
  const [, mapped] = /^::ffff:([\d.]+)$/i.exec(ip) ?? [];
  if (mapped !== undefined || !isIPv6(ip)) return mapped ?? ip;
  const [head = '', tail = ''] = ip.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const missing = Array<string>(Math.max(0, 8 - groups(head).length - groups(tail).length)).fill('0');
  return [...groups(head), ...missing, ...groups(tail)]
    .slice(0, 3)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
