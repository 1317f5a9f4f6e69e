import { PointsRedeemedV1 } from '@tandem/contracts';
import { toPublicId } from '@tandem/host';
import type { Database, Tx } from '@tandem/kernel';
import type { Outbox } from '@tandem/messaging';
import { hold, type Holding, type PointsHolds, type Wish } from '../domain/holding.js';
import { redeeming } from '../domain/points.js';
import type { PointsLedger } from '../domain/points-ledger.js';

/** Points an order has paid with. Ids are UUIDs. */
export type Redemption = { readonly orderId: string; readonly customerId: string; readonly points: bigint; readonly at: Date };

/** Longer than any checkout is tried. */
const forgottenAfterDays = 30;

/** Points as a means of payment: held before the shopper pays, spent by the confirmed order, or let go. Each step may be repeated. */
export class HoldPoints {
  constructor(
    private readonly database: Database,
    private readonly holds: PointsHolds,
    private readonly ledger: PointsLedger,
    private readonly outbox: Outbox,
  ) {}

  /** Two orders of one customer wait for each other here, so that they never hold the same points. */
  hold(wish: Wish): Promise<Holding> {
    return this.database.transaction(async (tx) => {
      const facts = await this.holds.facts(tx, wish);
      const holding = hold(facts, wish.points);
      if (holding.kind !== 'held' || (await this.holds.put(tx, wish))) return holding;
      return { kind: 'released', spendable: facts.spendable };
    });
  }

  /** The order is confirmed: its points are gone, even if the hold had run out. Then the balance may be below zero. */
  async spend(tx: Tx, redemption: Redemption): Promise<boolean> {
    await this.holds.spend(tx, redemption);
    if (!(await this.ledger.append(tx, { ...redeeming(redemption.points), ...redemption, kind: 'redeemed' }))) return false;
    const { orderId, customerId, points, at } = redemption;
    await this.outbox.enqueue(tx, PointsRedeemedV1, {
      orderId: toPublicId('order', orderId),
      customerId: toPublicId('customer', customerId),
      points: Number(points),
      at: at.toISOString(),
    });
    return true;
  }

  release(orderId: string): Promise<void> {
    return this.holds.release(orderId);
  }

  /** Forgets what only a call that is under way could still ask for. */
  forget(): Promise<void> {
    return this.holds.forget(forgottenAfterDays);
  }

  spendableOf(customerId: string): Promise<bigint> {
    return this.holds.spendableOf(customerId);
  }
}
