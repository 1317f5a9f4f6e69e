import { TierChangedV1 } from '@tandem/contracts';
import { toPublicId } from '@tandem/host';
import type { Database, Now, Tx } from '@tandem/kernel';
import type { Outbox } from '@tandem/messaging';
import type { AccountTiers, PointsStatement } from '../domain/points-ledger.js';
import { isHighest, type Rules, standingOf } from '../domain/rules.js';
import { firstId } from './expire-points.js';
import { type FindRules, tierOf } from './read-points.js';

type Parts = {
  readonly database: Database;
  readonly ledger: Pick<PointsStatement, 'earnedSince'>;
  readonly tiers: AccountTiers;
  readonly findRules: FindRules;
  readonly outbox: Outbox;
  readonly now: Now;
};

const dayMs = 86_400_000;
const batch = 500;

/**
 * Tells which tier a customer has, whenever it is another than was told last; nobody is told of the first tier before there was another. Under the
 * lock of the account, so that what is told comes in order. The order service puts it into the orders it confirms, which earn by it.
 */
export class TellTier {
  constructor(private readonly parts: Parts) {}

  /**
   * Asked whenever points are earned or taken back. Safe to repeat. Who was told of the highest tier is not counted again by what it earns, only when
   * points are taken back, and by `review`, which sees that days have passed: so its orders cost the same, however many it has.
   */
  async run(tx: Tx, customerId: string, why: 'earned' | 'taken-back' | 'review'): Promise<boolean> {
    const { ledger, tiers, findRules, outbox, now } = this.parts;
    const at = now();
    const rules = await findRules(at, tx);
    const told = await tiers.toldOf(tx, customerId);
    if (why === 'earned' && isHighest(told, rules)) return false;
    const tier = await tierOf(ledger, customerId, { rules, now: at, tx });
    if (tier === known(told, rules)) return false;
    await tiers.tell(tx, customerId, tier);
    await outbox.enqueue(tx, TierChangedV1, { customerId: toPublicId('customer', customerId), tier, at: at.toISOString() });
    return true;
  }

  /** Finds the tiers that changed by themselves: days have passed, or there are new rules. How many were told. */
  async review(): Promise<number> {
    const { database, tiers, findRules, now } = this.parts;
    const at = now();
    const rules = await findRules(at);
    const since = new Date(at.getTime() - rules.tierDays * dayMs);
    let told = 0;
    for (let after: string | undefined = firstId; after !== undefined;) {
      const accounts: Awaited<ReturnType<AccountTiers['standings']>> = await tiers.standings(since, after, batch);
      const changed = accounts.filter((account) => standingOf(account.earned, rules).tier !== known(account.told, rules));
      for (const { customerId } of changed) told += (await database.transaction((tx) => this.run(tx, customerId, 'review'))) ? 1 : 0;
      after = accounts.length === batch ? accounts.at(-1)?.customerId : undefined;
    }
    return told;
  }
}

function known(told: string | null, { tiers }: Rules): string {
  return told ?? tiers[0].name;
}
