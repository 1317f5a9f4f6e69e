import type { Database, Now, Tx } from '@tandem/kernel';
import { expiresFrom, expiring } from '../domain/expiry.js';
import type { PointsHolds } from '../domain/holding.js';
import { redeeming } from '../domain/points.js';
import type { ExpiryCandidate, PointsExpiry, PointsLedger } from '../domain/points-ledger.js';
import type { Rules } from '../domain/rules.js';

type Parts = {
  readonly database: Database;
  readonly ledger: PointsLedger;
  readonly holds: PointsHolds;
  readonly expiry: PointsExpiry;
  readonly findRules: (at: Date) => Promise<Rules>;
  readonly now: Now;
};

const dayMs = 86_400_000;
const batch = 100;

/** Ends points that were not spent in time. A customer at a time, under the lock of its account, so that none ends that an order holds. Safe to repeat. */
export class ExpirePoints {
  constructor(private readonly parts: Parts) {}

  /** How many points ended. */
  async run(): Promise<bigint> {
    const now = this.parts.now();
    const { expiryDays } = await this.parts.findRules(now);
    if (expiryDays === null) return 0n;
    const cutoff = new Date(now.getTime() - expiryDays * dayMs);
    let ended = 0n;
    for (let after: ExpiryCandidate | undefined, isMore = true; isMore;) {
      const page: readonly ExpiryCandidate[] = await this.parts.expiry.candidates({ cutoff, after, limit: batch });
      for (const { customerId } of page)
        ended += await this.parts.database.transaction((tx) => this.expire(tx, customerId, { now, cutoff }));
      [after, isMore] = [page.at(-1), page.length === batch];
    }
    return ended;
  }

  private async expire(tx: Tx, customerId: string, { now, cutoff }: { now: Date; cutoff: Date }): Promise<bigint> {
    const { spendable } = await this.parts.holds.facts(tx, { customerId, orderId: firstId });
    const { lots, spent } = await this.parts.expiry.lotsOf(tx, customerId);
    const ended = expiring(lots, { spent, spendable, cutoff });
    for (const { orderId, points } of ended)
      await this.parts.ledger.append(tx, {
        ...redeeming(points),
        orderId,
        customerId,
        kind: 'expired',
        source: now.toISOString(),
        at: now,
      });
    await this.parts.expiry.settle(tx, customerId, expiresFrom(lots, { spent, ended }));
    return ended.reduce((sum, { points }) => sum + points, 0n);
  }
}

/** Nobody's. */
export const firstId = '00000000-0000-0000-0000-000000000000';
