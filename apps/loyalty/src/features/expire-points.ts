import type { Database, Now, Tx } from '@tandem/kernel';
import { expiring } from '../domain/expiry.js';
import type { PointsHolds } from '../domain/holding.js';
import { redeeming } from '../domain/points.js';
import type { PointsExpiry, PointsLedger } from '../domain/points-ledger.js';
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
    for (let after: string | undefined = firstId; after !== undefined;) {
      const customerIds: readonly string[] = await this.parts.expiry.candidates(cutoff, after, batch);
      for (const customerId of customerIds)
        ended += await this.parts.database.transaction((tx) => this.expire(tx, customerId, { now, cutoff }));
      after = customerIds.length === batch ? customerIds.at(-1) : undefined;
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
    return ended.reduce((sum, { points }) => sum + points, 0n);
  }
}

/** Below every id, and nobody's. */
export const firstId = '00000000-0000-0000-0000-000000000000';
