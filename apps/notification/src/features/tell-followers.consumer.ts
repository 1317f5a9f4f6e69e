import { Controller } from '@nestjs/common';
import { StockChangedV1 } from '@tandem/contracts';
import { uuidOf } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import { done, type Handled, ignored, type Message, On } from '@tandem/messaging';
import type { Followers } from '../domain/followers.js';

/** What owing stands on. */
export class OweFollowers {
  constructor(readonly followers: Pick<Followers, 'owe'>) {}
}

/** A variant that can be bought again is owed to all who follow its product; the mails go out beside, so that orders' mails do not wait for them. */
@Controller()
export class OweFollowersOnStockChanged {
  constructor(private readonly owing: OweFollowers) {}

  @On(StockChangedV1)
  async handle({ variantId, available }: StockChangedV1, tx: Tx, { id }: Message<StockChangedV1>): Promise<Handled> {
    if (available <= 0) return ignored('not-available');
    return (await this.owing.followers.owe(tx, uuidOf('variant', variantId), id)) > 0 ? done : ignored('nobody-follows');
  }
}
