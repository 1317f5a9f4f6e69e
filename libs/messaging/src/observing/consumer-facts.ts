import type { Database, Statement } from '@tandem/kernel';
import type { EventLog, PartitionLag } from '../event-log.js';
import type { ConsumerFacts } from '../operations.js';

const parkedSql: Statement = {
  name: 'messaging.consumers.parked',
  text: `SELECT topic, count(*)::int AS parked, count(*) FILTER (WHERE status = 'dead')::int AS dead FROM messaging.parked WHERE grp = $1 AND status IN ('open', 'dead') GROUP BY topic`,
};

export type FactsParts = {
  readonly database: Database;
  readonly log: Pick<EventLog, 'lag' | 'read'>;
  readonly group: string;
  readonly topics: () => readonly string[];
  readonly isPaused: () => boolean;
};

/** Per topic this service listens to: how far it is behind and what it has set aside. */
export async function consumerFacts({ database, log, group, topics, isPaused }: FactsParts): Promise<readonly ConsumerFacts[]> {
  if (topics().length === 0) return [];
  const [lags, parked] = await Promise.all([
    log.lag(group),
    database.query<{ topic: string; parked: number; dead: number }>(parkedSql, [group]),
  ]);
  return Promise.all(
    topics().map(async (topic) => {
      const aside = parked.find((row) => row.topic === topic);
      const behind = lags.filter((of) => of.topic === topic && of.lag > 0n);
      return {
        group,
        topic,
        lag: Number(behind.reduce((sum, { lag }) => sum + lag, 0n)),
        oldestAgeMs: Math.max(0, ...(await Promise.all(behind.map((of) => ageOf(log, of))))),
        paused: isPaused(),
        parked: aside?.parked ?? 0,
        dead: aside?.dead ?? 0,
      };
    }),
  );
}

/** Age of the first record the group has not settled, ms. */
async function ageOf(log: Pick<EventLog, 'read'>, { topic, partition, committed }: PartitionLag): Promise<number> {
  const [first] = await log.read({ topic, partition, offset: committed }, 1);
  return first ? Date.now() - first.timestamp.getTime() : 0;
}
