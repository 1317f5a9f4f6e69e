import { PointsAwardedV1 } from '@tandem/contracts';
import { toPublicId } from '@tandem/host';
import type { Tx } from '@tandem/kernel';
import type { Outbox } from '@tandem/messaging';
import type { PointsLedger, PointsStatement } from '../domain/points-ledger.js';
import { earning } from '../domain/points.js';
import { type EarningFacts, pointsFor, type Rules } from '../domain/rules.js';
import { tierOf } from './read-points.js';

/** A confirmed order as far as it earns; ids are UUIDs. */
export type EarningOrder = Omit<EarningFacts, 'tier'> & { readonly orderId: string; readonly customerId: string };
export type Awarding = { readonly kind: 'awarded'; readonly points: bigint } | { readonly kind: 'already-awarded' | 'no-points' };
type FindRules = (at: Date, tx: Tx) => Promise<Rules>;

/**
 * Gives a customer the points an order has earned, pending until it is delivered. By the rules of the moment it was confirmed, from the
 * order's own facts, so that a replay gives the same; version and tier are noted. Safe to repeat: the ledger is unique on the order.
 */
export class AwardPoints {
  constructor(
    private readonly ledger: PointsLedger & PointsStatement,
    private readonly findRules: FindRules,
    private readonly outbox: Outbox,
  ) {}

  async run(tx: Tx, { orderId, customerId, ...order }: EarningOrder): Promise<Awarding> {
    const at = order.confirmedAt;
    const rules = await this.findRules(at, tx);
    const tier = rules.tierPercent.size === 0 ? rules.tiers[0].name : await tierOf(this.ledger, customerId, { rules, now: at, tx });
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
    return { kind: 'awarded', points };
  }
}
