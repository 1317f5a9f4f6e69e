import { Controller } from '@nestjs/common';
import { TierChangedV1 } from '@tandem/contracts';
import type { Tx } from '@tandem/kernel';
import { done, type Handled, On } from '@tandem/messaging';
import type { CustomerTiers } from '../domain/order-store.js';

/** Where tiers are kept. */
export class KnownTiers {
  constructor(readonly tiers: CustomerTiers) {}
}

/** Keeps the tier of every customer, as loyalty tells it, for the orders that will be confirmed. What is told of one customer comes in order. */
@Controller()
export class FollowTiers {
  constructor(private readonly known: KnownTiers) {}

  @On(TierChangedV1)
  async changed({ customerId, tier }: TierChangedV1, tx: Tx): Promise<Handled> {
    await this.known.tiers.keep(tx, customerId, tier);
    return done;
  }
}
