import { type Background, type Host, provide } from '@tandem/host';
import { pgGrowthChannel } from './adapters/pg-growth-channel.js';
import { pgHistories } from './adapters/pg-histories.js';
import { FollowHistory } from './features/follow-history.js';
import { HistoryReads } from './features/follow-history.grpc.js';

/** The live feed of histories: what the stores tell, what the RPCs stand on, what runs beside. `self` is this process among the replicas. */
export function liveHistory({ database, base, logger }: Host, self: string) {
  const channel = pgGrowthChannel({ database, connectionString: base.databaseUrl ?? '', self, logger });
  const followHistory = new FollowHistory(channel, logger);
  return {
    grew: (order: string): void => followHistory.grew(order),
    providers: [provide(FollowHistory, followHistory), provide(HistoryReads, new HistoryReads(pgHistories(database)))],
    background: followHistory satisfies Background,
  };
}
