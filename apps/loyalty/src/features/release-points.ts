import { PointsAvailableV1 } from '@tandem/contracts';
import { toPublicId } from '@tandem/host';
import type { Database, Now, Tx } from '@tandem/kernel';
import type { Outbox } from '@tandem/messaging';
import type { PointsLedger, PointsReleases } from '../domain/points-ledger.js';
import { releasing } from '../domain/points.js';

export type Releasing = { readonly kind: 'released' | 'planned' | 'nothing-pending' };

type Parts = { readonly database: Database; readonly ledger: PointsLedger; readonly releases: PointsReleases; readonly outbox: Outbox; readonly now: Now; readonly returnDays: number };

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
    for (let isMore = true; isMore; ) isMore = (await this.parts.database.transaction((tx) => this.releaseBatch(tx))) === batch;
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
    if (!(await this.parts.ledger.append(tx, { ...releasing(held), orderId, customerId, kind: 'available', at }))) return { kind: 'nothing-pending' };
    await this.parts.outbox.enqueue(tx, PointsAvailableV1, { orderId: toPublicId('order', orderId), customerId: toPublicId('customer', customerId), points: Number(held.pending), at: at.toISOString() });
    return { kind: 'released' };
  }
}
