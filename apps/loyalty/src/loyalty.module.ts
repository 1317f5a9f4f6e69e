import { loyaltyV1 } from '@tandem/contracts';
import { defineService, provide } from '@tandem/host';
import { pgPointsHolds } from './adapters/pg-points-holds.js';
import { PgPointsLedger } from './adapters/pg-points-ledger.js';
import { AwardPointsOnOrderConfirmed } from './features/award-points.consumer.js';
import { AwardPoints } from './features/award-points.js';
import { HoldPointsGrpc } from './features/hold-points.grpc.js';
import { HoldPoints } from './features/hold-points.js';
import { ReadPointsGrpc } from './features/read-points.grpc.js';
import { ReadPoints } from './features/read-points.js';
import { ReleasePointsOnOrderDelivered } from './features/release-points.consumer.js';
import { ReleasePoints } from './features/release-points.js';
import { ReturnPoints } from './features/return-points.js';
import { ReversePointsOnOrderEnd } from './features/reverse-points.consumer.js';
import { ReversePoints } from './features/reverse-points.js';

/** Points: earned by orders, released by deliveries, reversed by cancellations and refunds. */
export const loyalty = defineService({
  name: 'loyalty',
  config: () => ({}),
  needs: { database: true, events: true },
  serves: { LoyaltyService: loyaltyV1.LoyaltyServiceService },
  compose({ database, outbox, now }) {
    const ledger = new PgPointsLedger(database);
    const holds = pgPointsHolds(database);
    return {
      controllers: [AwardPointsOnOrderConfirmed, ReleasePointsOnOrderDelivered, ReversePointsOnOrderEnd, ReadPointsGrpc, HoldPointsGrpc],
      providers: [
        provide(AwardPoints, new AwardPoints(ledger, outbox, now)),
        provide(ReleasePoints, new ReleasePoints(ledger, outbox, now)),
        provide(ReturnPoints, new ReturnPoints(ledger, holds, now)),
        provide(ReversePoints, new ReversePoints(ledger, outbox, now)),
        provide(HoldPoints, new HoldPoints(database, holds, ledger)),
        provide(ReadPoints, new ReadPoints(ledger)),
      ],
      auditFacts: ledger.auditFacts,
    };
  },
});
