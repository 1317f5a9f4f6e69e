import type { Logger } from 'pino';
import { lease } from '../domain/lease.js';
import type { Address, Addressing, FindContact, NewsItem, Unaddressed } from '../domain/news.js';
import type { Locale } from '../domain/texts/texts.js';
import type { IsAway, Tried, Work } from './queue-worker.js';

/** Until somebody is asked for again who could not be, milliseconds. */
const againMs = 3_000;

type Parts = {
  readonly news: Addressing;
  readonly findContact: FindContact;
  /** What an inbox shows of it. */
  readonly headline: (item: NewsItem, locale: Locale) => string;
  readonly logger: Logger;
};

type Outcome =
  | { readonly kind: 'found'; readonly address: Address }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'again'; readonly afterMs: number };

/** Gives news of points the address and the language its account has at that moment. Who cannot be asked for now is asked for again; nothing else waits for them. */
export class AddressNews implements Work<Unaddressed, Outcome> {
  readonly name = 'news addresses';
  readonly slots = 8;
  readonly lease = lease;
  readonly done = 'found';
  readonly queue: Addressing['unaddressed'];

  constructor(private readonly parts: Parts) {
    this.queue = parts.news.unaddressed;
  }

  async attempt({ ownerId, kind, facts }: Unaddressed, isAway: IsAway): Promise<Outcome> {
    const { findContact, headline, logger } = this.parts;
    try {
      const contact = await findContact(ownerId);
      if (!contact) return { kind: 'nobody' };
      return { kind: 'found', address: { ...contact, headline: headline({ kind, facts, title: '', slug: '' }, contact.locale) } };
    } catch (error) {
      if (!isAway(error)) logger.info({ err: error, ownerId }, 'an account could not be asked for its address; trying again');
      return { kind: 'again', afterMs: againMs };
    }
  }

  async note(tried: readonly Tried<Unaddressed, Outcome>[]): Promise<void> {
    await Promise.all(tried.map((one) => this.noteOne(one)));
  }

  private noteOne({ item: { id }, outcome }: Tried<Unaddressed, Outcome>): Promise<void> {
    const { news } = this.parts;
    switch (outcome.kind) {
      case 'found':
        return news.address(id, outcome.address);
      case 'nobody':
        return news.drop(id);
      case 'again':
        return news.postpone(id, outcome.afterMs);
    }
  }
}
