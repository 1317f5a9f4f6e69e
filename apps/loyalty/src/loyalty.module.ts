import { loyaltyV1 } from '@tandem/contracts';
import { defineService, provide } from '@tandem/host';
import { pgAccountTiers } from './adapters/pg-account-lock.js';
import { pgAuditFacts } from './adapters/pg-audit-facts.js';
import { pgExpiryWarnings, pgPointsExpiry, pgPointsReleases } from './adapters/pg-points-jobs.js';
import { pgPointsHolds } from './adapters/pg-points-holds.js';
import { PgPointsLedger } from './adapters/pg-points-ledger.js';
import { findRulesIn } from './adapters/pg-rules.js';
import { loadLoyaltyConfig } from './config.js';
import { AwardPointsOnOrderConfirmed } from './features/award-points.consumer.js';
import { AwardPoints } from './features/award-points.js';
import { ExpirePoints } from './features/expire-points.js';
import { HoldPointsGrpc } from './features/hold-points.grpc.js';
import { HoldPoints } from './features/hold-points.js';
import { ReadPointsGrpc } from './features/read-points.grpc.js';
import { ReadPoints } from './features/read-points.js';
import { ReleasePointsOnOrderDelivered } from './features/release-points.consumer.js';
import { ReleasePoints } from './features/release-points.js';
import { ReturnPoints } from './features/return-points.js';
import { ReversePointsOnOrderEnd } from './features/reverse-points.consumer.js';
import { ReversePoints } from './features/reverse-points.js';
import { TellTier } from './features/tell-tier.js';
import { WarnOfExpiry } from './features/warn-of-expiry.js';

/** How often points are released and ended that are due. */
const jobEveryMs = 600_000;
/** How often tiers are looked at that change by themselves: they count by days. */
const reviewEveryMs = 86_400_000;

/** Points: earned by orders, released by deliveries, reversed by cancellations and refunds. */
export const loyalty = defineService({
  name: 'loyalty',
  config: loadLoyaltyConfig,
  needs: { database: true, events: true },
  serves: { LoyaltyService: loyaltyV1.LoyaltyServiceService },
  compose({ database, outbox, now, schedules }, { returnDays }) {
    const ledger = new PgPointsLedger(database);
    const holds = pgPointsHolds(database);
    const findRules = findRulesIn(database);
    const tiers = pgAccountTiers(database);
    const tellTier = new TellTier({ database, ledger, tiers, findRules, outbox, now });
    const releasePoints = new ReleasePoints({
      database,
      ledger,
      tiers,
      findRules,
      releases: pgPointsReleases,
      outbox,
      now,
      returnDays,
    });
    const holdPoints = new HoldPoints(database, holds, ledger, outbox);
    const expirePoints = new ExpirePoints({ database, ledger, holds, expiry: pgPointsExpiry(database), findRules, now });
    const warnOfExpiry = new WarnOfExpiry({
      database,
      holds,
      expiry: pgPointsExpiry(database),
      warnings: pgExpiryWarnings,
      findRules,
      outbox,
      now,
    });
    return {
      controllers: [AwardPointsOnOrderConfirmed, ReleasePointsOnOrderDelivered, ReversePointsOnOrderEnd, ReadPointsGrpc, HoldPointsGrpc],
      providers: [
        provide(AwardPoints, new AwardPoints(ledger, findRules, tellTier, outbox)),
        provide(ReleasePoints, releasePoints),
        provide(ReturnPoints, new ReturnPoints(ledger, holds, outbox)),
        provide(ReversePoints, new ReversePoints(ledger, tellTier, outbox)),
        provide(HoldPoints, holdPoints),
        provide(ReadPoints, new ReadPoints(ledger, findRules, now)),
      ],
      background: [
        schedules.every({ name: 'release-points', everyMs: jobEveryMs, work: () => releasePoints.due() }),
        schedules.every({ name: 'forget-points-releases', everyMs: 3_600_000, work: () => holdPoints.forget() }),
        schedules.every({ name: 'expire-points', everyMs: jobEveryMs, work: async () => void (await expirePoints.run()) }),
        schedules.every({ name: 'review-tiers', everyMs: reviewEveryMs, work: async () => void (await tellTier.review()) }),
        schedules.every({ name: 'warn-of-expiry', everyMs: 3_600_000, work: async () => void (await warnOfExpiry.run()) }),
      ],
      auditFacts: pgAuditFacts(database),
    };
  },
});
