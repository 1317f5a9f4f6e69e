import type { Currency, Tx } from '@tandem/kernel';
import type { Locale } from './texts/texts.js';
import type { Timing } from './timing.js';

/** News is what nobody waits for: about products that are followed, and points. `digest`: the mail of the day with what gathered. */
export const newsKinds = ['product.back', 'product.cheaper', 'points.available', 'points.tier', 'points.expiring', 'digest'] as const;
export type NewsKind = (typeof newsKinds)[number];

type Amount = { readonly amount: number; readonly currency: Currency };

/** What a text is filled with, beside the product's title. */
export type NewsFacts = {
  readonly was?: Amount;
  readonly is?: Amount;
  readonly points?: number;
  readonly tier?: string;
  readonly on?: string;
  readonly items?: readonly NewsItem[];
};

export type NewsItem = { readonly kind: NewsKind; readonly title: string; readonly slug: string; readonly facts: NewsFacts };

/** One mail that is owed. `attempts` counts this one. Ids are UUIDs; `productId` is null for news of no product. */
export type Telling = NewsItem & {
  readonly id: string;
  readonly eventId: string;
  readonly productId: string | null;
  readonly ownerId: string;
  readonly email: string;
  readonly locale: Locale;
  readonly attempts: number;
  readonly timing: Timing;
};

/** `again` counts as a try; `held` and `gathered` do not. */
export type Told = {
  readonly id: string;
  readonly outcome:
    | { readonly kind: 'sent' }
    | { readonly kind: 'rejected'; readonly because: string }
    | { readonly kind: 'again' | 'held' | 'gathered'; readonly afterMs: number };
};

/** `headline` is what the inbox shows. */
export type OwedPoints = Pick<Telling, 'kind' | 'eventId' | 'ownerId' | 'email' | 'locale' | 'facts'> & { readonly headline: string };

/** Where somebody reads mail, and in which language; undefined for somebody without an address. Rejects while it cannot be asked. */
export type FindContact = (customerId: string) => Promise<Pick<Telling, 'email' | 'locale'> | undefined>;

/** What is owed to whom. */
export type News = {
  /** News of somebody's points, once per event: in their inbox, and owed by mail; false when it is owed already, or its owner does not want to hear of points. */
  owe(tx: Tx, news: OwedPoints): Promise<boolean>;
  /** Due mails, `sending` and leased to the caller; what a dead process had in hand is due again after its lease. */
  take(limit: number): Promise<readonly Telling[]>;
  end(told: readonly Told[]): Promise<void>;
  nextDueMs(): Promise<number | null>;
  /** Makes one mail of what gathered for somebody whose time has come, for each of them; in one statement, so that none is in two. Answers how many mails. */
  gather(): Promise<number>;
};
