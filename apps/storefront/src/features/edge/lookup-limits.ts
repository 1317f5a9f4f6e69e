import { isIPv6 } from 'node:net';
import { Refusal } from '@tandem/host';
import { normalizeOrderNumber } from '@tandem/kernel';
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { consume, tooMany } from './limits.js';

/** Tries a minute from one site; wrong e-mails in a quarter of an hour from everywhere, before a number is guarded; numbers remembered. Source: docs/reference/api.md, "Looking an order up". */
const limits = { triesPerMinute: 10, guesses: 30, guardedMs: 900_000, remembered: 50_000 };

/**
 * Who knows an order's number and guesses its e-mail is slowed down, and keeps its owner out of one site at most; kept in this process.
 *
 * - From one site, a number is asked for ten times a minute, right or wrong. A site is an IPv4 address, or the /48 of an IPv6 address: the most one
 *   customer is given (RFC 6177), who would else have a fresh address for every guess.
 * - Many sites together have 30 wrong e-mails; from then on the number is guarded for the rest of the quarter of an hour: each site has one wrong
 *   e-mail, and a right one before it is answered and costs nothing. So guessing goes as fast as one has fresh sites, one guess each per quarter
 *   of an hour. A bound that refused right answers from everywhere would be a way to keep the owner out; one that refused none would be no bound.
 * - After its wrong e-mail a site is refused the right one as well, for up to a quarter of an hour: the owner's own typo costs that much, and so does
 *   the guess of a stranger behind the same address. From any other site the owner is answered.
 * - A try is counted before it is answered, so that guesses sent at once get no further, and given back when the e-mail was right or nobody could say.
 *   While a number is guarded, the tries of one site are made one after the other: each is decided by how those before it ended.
 * - Numbers are counted as they are meant: `o` for `0` or a blank is no fresh number. Numbers of no order are counted alike, so that a 429 tells nothing.
 * - Who floods us with numbers to have the guarded one forgotten needs 50,000 requests for 30 guesses.
 */
export class LookupLimits {
  private readonly tries = new RateLimiterMemory({ points: limits.triesPerMinute, duration: 60 });
  private readonly guesses = new LRUCache<string, { count: number }>({ max: limits.remembered, ttl: limits.guardedMs });
  private readonly spent = new LRUCache<string, true>({ max: limits.remembered, ttl: limits.guardedMs });
  private readonly inHand = new Map<string, Promise<unknown>>();

  /** Asks for a number as it was typed; refuses with `rate-limited`. A `not-found` counts as a wrong e-mail. */
  async run<T>({ ip, number: typed }: { readonly ip: string; readonly number: string }, ask: (number: string) => Promise<T>): Promise<T> {
    const number = normalizeOrderNumber(typed);
    const seeker = `${siteOf(ip)} ${number}`;
    await consume(this.tries, seeker);
    while (this.isGuarded(number) && this.inHand.has(seeker)) await this.inHand.get(seeker);
    return this.isGuarded(number) ? this.guarded(seeker, () => this.counted(number, ask)) : this.counted(number, ask);
  }

  private isGuarded(number: string): boolean {
    return (this.guesses.get(number)?.count ?? 0) >= limits.guesses;
  }

  /** The one try of a site that is in hand; the others wait for it, and it never rejects for them. */
  private async guarded<T>(seeker: string, attempt: () => Promise<T>): Promise<T> {
    if (this.spent.has(seeker)) throw tooMany(this.spent.getRemainingTTL(seeker));
    const trying = attempt();
    const settled = trying.then(
      () => undefined,
      (error: unknown) => void (isWrong(error) && this.spent.set(seeker, true)),
    );
    this.inHand.set(
      seeker,
      settled.then(() => this.inHand.delete(seeker)),
    );
    return trying;
  }

  private async counted<T>(number: string, ask: (number: string) => Promise<T>): Promise<T> {
    const counter = this.guesses.get(number) ?? { count: 0 };
    if (counter.count === 0) this.guesses.set(number, counter); // the quarter of an hour begins
    counter.count += 1;
    try {
      const found = await ask(number);
      counter.count -= 1;
      return found;
    } catch (error) {
      if (!isWrong(error)) counter.count -= 1;
      throw error;
    }
  }
}

function isWrong(error: unknown): boolean {
  return error instanceof Refusal && error.problem.code === 'not-found';
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
