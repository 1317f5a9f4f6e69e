import type { SpecDatabase } from '@tandem/host/testing';
import { pgAccountTiers } from '../adapters/pg-account-lock.js';
import { pgPointsHolds } from '../adapters/pg-points-holds.js';
import { pgPointsReleases } from '../adapters/pg-points-jobs.js';
import { PgPointsLedger } from '../adapters/pg-points-ledger.js';
import { findRulesIn } from '../adapters/pg-rules.js';
import { AwardPointsOnOrderConfirmed } from '../features/award-points.consumer.js';
import { AwardPoints } from '../features/award-points.js';
import { HoldPoints } from '../features/hold-points.js';
import type { FindRules } from '../features/read-points.js';
import { ReleasePointsOnOrderDelivered } from '../features/release-points.consumer.js';
import { ReleasePoints } from '../features/release-points.js';
import { ReturnPoints } from '../features/return-points.js';
import { ReversePointsOnOrderEnd } from '../features/reverse-points.consumer.js';
import { ReversePoints } from '../features/reverse-points.js';
import { TellTier } from '../features/tell-tier.js';

/** Loyalty's handlers as the module composes them, on a ledger of their own. */
export function pointsUnderTest(
  db: Pick<SpecDatabase, 'database' | 'outbox'>,
  { findRules = findRulesIn(db.database), now = () => new Date() }: Surroundings = {},
) {
  const ledger = new PgPointsLedger(db.database);
  const holds = pgPointsHolds(db.database);
  const tiers = pgAccountTiers(db.database);
  const parts = { database: db.database, ledger, tiers, findRules, outbox: db.outbox, now };
  const tellTier = new TellTier(parts);
  const holding = new HoldPoints(db.database, holds, ledger, db.outbox);
  const awarding = new AwardPoints(ledger, findRules, tellTier, db.outbox);
  const reversing = new ReversePoints(ledger, tellTier, db.outbox);
  return {
    ledger,
    holding,
    awarding,
    reversing,
    tellTier,
    award: new AwardPointsOnOrderConfirmed(awarding, holding),
    release: new ReleasePointsOnOrderDelivered(new ReleasePoints({ ...parts, releases: pgPointsReleases, returnDays: 0 })),
    reverse: new ReversePointsOnOrderEnd(reversing, new ReturnPoints(ledger, holds, db.outbox)),
  };
}

type Surroundings = { readonly findRules?: FindRules; readonly now?: () => Date };
