import type { Currency, Tx } from '@tandem/kernel';
import type { Locale } from './texts/texts.js';
import type { Timing } from './timing.js';
import type { WorkQueue } from './work-queue.js';

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

/** What its reader has not switched off since it was owed: by their choices, or by one click in a mail. */
export type Wanted = { readonly products: boolean; readonly points: boolean };

/** One mail that is owed. `attempts` counts this one; `putOffMs`: how long its server has put it off. Ids are UUIDs; `productId` is null for news of no product. */
export type Telling = NewsItem & {
  readonly id: string;
  readonly eventId: string;
  readonly productId: string | null;
  readonly ownerId: string;
  readonly email: string;
  readonly locale: Locale;
  readonly attempts: number;
  readonly putOffMs: number;
  readonly timing: Timing;
  readonly wanted: Wanted;
};

/** `again` counts as a try, with `putOffMs` what it has been put off in all, if that is more now; `held` and `gathered` do not. `attempts` is the try that ended: of one that another process has taken since, nothing is written. */
export type Told = Pick<Telling, 'id' | 'attempts'> & {
  readonly outcome:
    | { readonly kind: 'sent' | 'unwanted' }
    | { readonly kind: 'rejected'; readonly because: string }
    | { readonly kind: 'again'; readonly afterMs: number; readonly putOffMs?: number }
    | { readonly kind: 'held' | 'gathered'; readonly afterMs: number };
};

/** What is left of a mail without what its reader does not want any more; undefined when that is nothing. */
export function wantedOf(telling: Telling): Telling | undefined {
  const { kind, facts, wanted } = telling;
  const isWanted = (item: { readonly kind: NewsKind }): boolean => (item.kind.startsWith('points.') ? wanted.points : wanted.products);
  if (kind !== 'digest') return isWanted(telling) ? telling : undefined;
  const items = (facts.items ?? []).filter(isWanted);
  return items.length === 0 ? undefined : { ...telling, facts: { ...facts, items } };
}

/** News of somebody's points, as far as its event tells. */
export type OwedPoints = Pick<Telling, 'kind' | 'eventId' | 'ownerId' | 'facts'>;
/** The same as a row, which is not addressed yet. */
export type Unaddressed = OwedPoints & Pick<Telling, 'id'>;

/** Where somebody reads mail, and in which language. */
export type Contact = Pick<Telling, 'email' | 'locale'>;
/** Where news goes, and what an inbox shows of it. */
export type Address = Contact & { readonly headline: string };
/** By the owner's UUID, as it is at this moment; undefined for somebody without an address. Rejects while it cannot be asked. */
export type FindContact = (ownerId: string) => Promise<Contact | undefined>;

/** News that is owed to an account whose address is not known yet: no transaction of an event waits for the service that knows it. */
export type Addressing = {
  readonly unaddressed: WorkQueue<Unaddressed>;
  /** From now on it stands in its owner's inbox and is due by mail. Again changes nothing. */
  address(id: string, address: Address): Promise<void>;
  /** Somebody without an address is told nothing. */
  drop(id: string): Promise<void>;
  postpone(id: string, afterMs: number): Promise<void>;
};

/** What is owed to whom. What is taken is `sending`. */
export type News = WorkQueue<Telling> & {
  /** News of somebody's points, once per event; false when it is owed already. It is due once it is addressed. */
  owe(tx: Tx, news: OwedPoints): Promise<boolean>;
  end(told: readonly Told[]): Promise<void>;
  /** Makes one mail of what gathered for somebody whose time has come, for each of them; in one statement, so that none is in two. Answers how many mails. */
  gather(): Promise<number>;
};
