import { PointsAwardedV1 } from '@tandem/contracts';
import { toPublicId } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import type { Outbox } from '@tandem/messaging';
import type { PointsLedger } from '../domain/points-ledger.js';
import { earning } from '../domain/points.js';
import { type EarningFacts, pointsFor, type Rules } from '../domain/rules.js';
import type { TellTier } from './tell-tier.js';

/** A confirmed order as far as it earns; ids are UUIDs. `tier`: as the order says; undefined when it was told none, which is the first. */
export type EarningOrder = Omit<EarningFacts, 'tier'> & {
  readonly orderId: string;
  readonly customerId: string;
  readonly tier: string | undefined;
};
export type Awarding = { readonly kind: 'awarded'; readonly points: bigint } | { readonly kind: 'already-awarded' | 'no-points' };
type FindRules = (at: Date, tx: Tx) => Promise<Rules>;

/**
 * Gives a customer the points an order has earned, pending until it is delivered. By the rules of the moment it was confirmed, from the
 * order's own facts, its customer's tier among them, and never from the ledger: so a replay gives the same, in whatever order a customer's
 * orders are heard of. Version and tier are noted. Safe to repeat: the ledger is unique on the order.
 */
export class AwardPoints {
  constructor(
    private readonly ledger: PointsLedger,
    private readonly findRules: FindRules,
    private readonly tellTier: Pick<TellTier, 'run'>,
    private readonly outbox: Outbox,
  ) {}

  async run(tx: Tx, { orderId, customerId, ...order }: EarningOrder): Promise<Awarding> {
    const at = order.confirmedAt;
    const rules = await this.findRules(at, tx);
    const tier = order.tier ?? rules.tiers[0].name;
    const points = pointsFor({ ...order, tier }, rules);
    if (points === 0n) return { kind: 'no-points' };
    const earnedBy = { ruleVersion: rules.version, tier };
    if (!(await this.ledger.append(tx, { ...earning(points), orderId, customerId, kind: 'earned', at, earnedBy })))
      return { kind: 'already-awarded' };
    await this.outbox.enqueue(tx, PointsAwardedV1, {
      orderId: toPublicId('order', orderId),
      customerId: toPublicId('customer', customerId),
      points: Number(points),
      at: at.toISOString(),
    });
    await this.tellTier.run(tx, customerId, 'earned');
    return { kind: 'awarded', points };
  }
}
