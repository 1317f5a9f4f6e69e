import { GrowthFeed, type Host, pgGrowthChannel, provide } from '@tandem/host';
import { pgHistories } from './adapters/pg-histories.js';
import { HistoryReads } from './features/follow-history.grpc.js';

/** The live feed of histories: what the stores tell, what the RPCs stand on, what runs beside. `self` is this process among the replicas. */
export function liveHistory({ database, base, logger }: Host, self: string) {
  const feed = new GrowthFeed(
    'history feed',
    pgGrowthChannel({ channel: 'order_history', database, connectionString: base.databaseUrl ?? '', self, logger }),
    logger,
  );
  return {
    grew: (order: string): void => feed.grew(order),
    providers: [provide(HistoryReads, new HistoryReads(feed, pgHistories(database)))],
    background: feed,
  };
}
