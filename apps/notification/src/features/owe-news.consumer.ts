import { Controller } from '@nestjs/common';
import { PointsAvailableV1, PointsExpiringV1, ProductChangedV1, StockChangedV1 } from '@tandem/contracts';
import { uuidOf } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import { done, type Handled, ignored, type Message, On } from '@tandem/messaging';
import type { Followers } from '../domain/followers.js';
import type { News, OwedPoints } from '../domain/news.js';

/** What owing stands on. */
export class NewsDesk {
  constructor(
    readonly followers: Pick<Followers, 'owe' | 'oweCheaper'>,
    readonly news: Pick<News, 'owe'>,
  ) {}
}

/** News is owed here, by nothing but its event; it is addressed and goes out beside, so that orders' mails wait for none of it. */
@Controller()
export class OweNewsOnFacts {
  constructor(private readonly desk: NewsDesk) {}

  /** A variant that had run out and can be bought again. */
  @On(StockChangedV1)
  async back(event: StockChangedV1, tx: Tx, { id: eventId }: Message<StockChangedV1>): Promise<Handled> {
    if (!isReturn(event)) return ignored('was-not-away');
    const back = { variantId: uuidOf('variant', event.variantId), eventId, at: new Date(event.at) };
    return (await this.desk.followers.owe(tx, back)) > 0 ? done : ignored('nobody-follows');
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
  available({ customerId, points, tierReached }: PointsAvailableV1, tx: Tx, { id }: Message<PointsAvailableV1>): Promise<Handled> {
    const [kind, facts] =
      tierReached === undefined ? (['points.available', { points }] as const) : (['points.tier', { points, tier: tierReached }] as const);
    return this.ofPoints(tx, { kind, eventId: id, ownerId: uuidOf('customer', customerId), facts });
  }

  @On(PointsExpiringV1)
  expiring({ customerId, points, expiresAt }: PointsExpiringV1, tx: Tx, { id }: Message<PointsExpiringV1>): Promise<Handled> {
    return this.ofPoints(tx, {
      kind: 'points.expiring',
      eventId: id,
      ownerId: uuidOf('customer', customerId),
      facts: { points, on: expiresAt },
    });
  }

  private async ofPoints(tx: Tx, news: OwedPoints): Promise<Handled> {
    return (await this.desk.news.owe(tx, news)) ? done : ignored('owed-already');
  }
}

/** An adjustment is no return unless it says that there was nothing before. Events of releases that did not say so yet are taken at their `because`. */
function isReturn({ available, availableBefore, because }: StockChangedV1): boolean {
  return available > 0 && (availableBefore === undefined ? because === 'back-in-stock' : availableBefore <= 0);
}
