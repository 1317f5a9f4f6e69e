import { Controller } from '@nestjs/common';
import { PointsAvailableV1, PointsExpiringV1, ProductChangedV1, StockChangedV1 } from '@tandem/contracts';
import { uuidOf } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import { done, effect, type Handled, ignored, type Message, On } from '@tandem/messaging';
import type { Followers } from '../domain/followers.js';
import type { FindContact, News, NewsFacts, NewsItem, OwedPoints } from '../domain/news.js';
import type { Locale } from '../domain/texts/texts.js';

/** What owing stands on. */
export class NewsDesk {
  constructor(
    readonly followers: Pick<Followers, 'owe' | 'oweCheaper'>,
    readonly news: Pick<News, 'owe'>,
    readonly findContact: FindContact,
    /** What an inbox shows of it. */
    readonly headline: (item: NewsItem, locale: Locale) => string,
  ) {}
}

/** News is owed here and goes out beside, so that orders' mails do not wait for it. */
@Controller()
export class OweNewsOnFacts {
  constructor(private readonly desk: NewsDesk) {}

  /** A variant that can be bought again. */
  @On(StockChangedV1)
  async back({ variantId, available }: StockChangedV1, tx: Tx, { id }: Message<StockChangedV1>): Promise<Handled> {
    if (available <= 0) return ignored('not-available');
    return (await this.desk.followers.owe(tx, uuidOf('variant', variantId), id)) > 0 ? done : ignored('nobody-follows');
  }

  /** A product that got cheaper. */
  @On(ProductChangedV1)
  async cheaper({ productId, repriced }: ProductChangedV1, tx: Tx, { id }: Message<ProductChangedV1>): Promise<Handled> {
    if (!repriced || repriced.is.amount >= repriced.was.amount) return ignored('not-cheaper');
    const { was, is } = repriced;
    return (await this.desk.followers.oweCheaper(tx, { productId: uuidOf('product', productId), eventId: id, facts: { was, is } })) > 0
      ? done
      : ignored('nobody-follows');
  }

  @On(PointsAvailableV1)
  async available({ customerId, points, tierReached }: PointsAvailableV1, _: Tx, { id }: Message<PointsAvailableV1>): Promise<Handled> {
    const [kind, facts] =
      tierReached === undefined ? (['points.available', { points }] as const) : (['points.tier', { points, tier: tierReached }] as const);
    return this.ofPoints({ kind, eventId: id, customerId, facts });
  }

  @On(PointsExpiringV1)
  async expiring({ customerId, points, expiresAt }: PointsExpiringV1, _: Tx, { id }: Message<PointsExpiringV1>): Promise<Handled> {
    return this.ofPoints({ kind: 'points.expiring', eventId: id, customerId, facts: { points, on: expiresAt } });
  }

  /** Whoever earns points has an account, which knows address and language as they are now. */
  private ofPoints({
    customerId,
    ...news
  }: Pick<OwedPoints, 'kind' | 'eventId'> & { readonly customerId: string; readonly facts: NewsFacts }): Handled {
    return effect(
      () => this.desk.findContact(customerId),
      async (tx, contact) => {
        if (!contact) return ignored('no-address');
        const headline = this.desk.headline({ ...news, title: '', slug: '' }, contact.locale);
        return (await this.desk.news.owe(tx, { ...news, ...contact, headline, ownerId: uuidOf('customer', customerId) }))
          ? done
          : ignored('not-wanted');
      },
    );
  }
}
