import { PointsAvailableV1 } from '@tandem/contracts';
import { toPublicId } from '@tandem/host';
import type { Database, Now, Tx } from '@tandem/kernel';
import type { Outbox } from '@tandem/messaging';
import type { AccountTiers, PointsLedger, PointsReleases, PointsStatement } from '../domain/points-ledger.js';
import { releasing } from '../domain/points.js';
import { isAbove } from '../domain/rules.js';
import { type FindRules, tierOf } from './read-points.js';

export type Releasing = { readonly kind: 'released' | 'planned' | 'nothing-pending' };

type Parts = {
  readonly database: Database;
  readonly ledger: PointsLedger & PointsStatement;
  readonly tiers: AccountTiers;
  readonly findRules: FindRules;
  readonly releases: PointsReleases;
  readonly outbox: Outbox;
  readonly now: Now;
  readonly returnDays: number;
};

const dayMs = 86_400_000;
/** Orders released in one transaction. */
const batch = 100;

/** Makes the points of a delivered order available, once goods cannot be returned any more. Safe to repeat. */
export class ReleasePoints {
  constructor(private readonly parts: Parts) {}

  async delivered(tx: Tx, orderId: string, deliveredAt: Date): Promise<Releasing> {
    if (this.parts.returnDays === 0) return this.release(tx, orderId, deliveredAt);
    await this.parts.releases.plan(tx, orderId, new Date(deliveredAt.getTime() + this.parts.returnDays * dayMs));
    return { kind: 'planned' };
  }

  /** Releases what is due; as many transactions as it takes. */
  async due(): Promise<void> {
    for (let isMore = true; isMore;) isMore = (await this.parts.database.transaction((tx) => this.releaseBatch(tx))) === batch;
  }

  private async releaseBatch(tx: Tx): Promise<number> {
    const now = this.parts.now();
    const orderIds = await this.parts.releases.takeDue(tx, now, batch);
    for (const orderId of orderIds) await this.release(tx, orderId, now);
    return orderIds.length;
  }

  private async release(tx: Tx, orderId: string, at: Date): Promise<Releasing> {
    const points = await this.parts.ledger.ofOrder(tx, orderId);
    if (!points || points.held.pending === 0n) return { kind: 'nothing-pending' };
    const { customerId, held } = points;
    if (!(await this.parts.ledger.append(tx, { ...releasing(held), orderId, customerId, kind: 'available', at })))
      return { kind: 'nothing-pending' };
    const tierReached = await this.tierReached(tx, customerId, at);
    const fact = {
      orderId: toPublicId('order', orderId),
      customerId: toPublicId('customer', customerId),
      points: Number(held.pending),
      at: at.toISOString(),
    };
    await this.parts.outbox.enqueue(tx, PointsAvailableV1, { ...fact, ...(tierReached === undefined ? {} : { tierReached }) });
    return { kind: 'released' };
  }

  /** The tier, if it is above the one known before; under the lock of the account, so that it is told once. One that was lost can be reached again. */
  private async tierReached(tx: Tx, customerId: string, now: Date): Promise<string | undefined> {
    const { ledger, tiers, findRules } = this.parts;
    const rules = await findRules(now, tx);
    const tier = await tierOf(ledger, customerId, { rules, now, tx });
    const before = await tiers.replace(tx, customerId, tier);
    return isAbove(tier, before, rules) ? tier : undefined;
  }
}
