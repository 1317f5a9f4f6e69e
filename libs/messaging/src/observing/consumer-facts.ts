import type { Database, Statement } from '@tandem/kernel';
import type { EventLog, PartitionLag } from '../event-log.js';
import type { Logger } from '../logger.js';
import type { ConsumerFacts } from '../operations.js';
import { pause } from '../waiting/alarm.js';

/** How long the log is waited for, ms: well below what a scrape (Prometheus: 10 s) or a call between services (5 s) may take. */
const patienceMs = 2_000;
/** An answer that came late is told for so long, ms: by a few scrapes more (Prometheus: every 15 s). */
const keptMs = 60_000;

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
  readonly logger: Logger;
};

/** Per topic this service listens to: how far it is behind and what it has set aside. A log that does not answer hides only what it alone knows. */
export function consumerFacts(parts: FactsParts): () => Promise<readonly ConsumerFacts[]> {
  const { database, group, topics, isPaused } = parts;
  const standing = patient(
    () => standingOf(parts),
    () => parts.logger.warn({ group, patienceMs }, 'the event log is slow to tell how far the group is'),
  );
  return async () => {
    if (topics().length === 0) return [];
    const [known, parked] = await Promise.all([
      standing(),
      database.query<{ topic: string; parked: number; dead: number }>(parkedSql, [group]),
    ]);
    return topics().map((topic) => {
      const { lag = 0, oldestAgeMs = 0 } = known?.get(topic) ?? {};
      const { parked: aside = 0, dead = 0 } = parked.find((row) => row.topic === topic) ?? {};
      const behind = known ? { lag, oldestAgeMs } : { lag: null, oldestAgeMs: null };
      return { group, topic, ...behind, paused: isPaused(), parked: aside, dead };
    });
  };
}

type Standing = { readonly lag: number; readonly oldestAgeMs: number };

/** What only the log knows, by topic; `undefined` when it is away. */
async function standingOf({ log, group, topics, logger }: FactsParts): Promise<ReadonlyMap<string, Standing> | undefined> {
  try {
    const behind = (await log.lag(group)).filter(({ lag }) => lag > 0n);
    const standings = topics().map(async (topic): Promise<[string, Standing]> => {
      const of = behind.filter((one) => one.topic === topic);
      const ages = await Promise.all(of.map((one) => ageOf(log, one)));
      return [topic, { lag: Number(of.reduce((sum, { lag }) => sum + lag, 0n)), oldestAgeMs: Math.max(0, ...ages) }];
    });
    return new Map(await Promise.all(standings));
  } catch (error) {
    logger.warn({ err: error }, 'the event log does not tell how far the group is');
    return undefined;
  }
}

/** Age of the first record the group has not settled, ms. */
async function ageOf(log: Pick<EventLog, 'read'>, { topic, partition, committed }: PartitionLag): Promise<number> {
  const [first] = await log.read({ topic, partition, offset: committed }, 1);
  return first ? Date.now() - first.timestamp.getTime() : 0;
}

/**
 * Waits so long for an answer, then goes on without, or with one that came late not long ago: a log that is slow is not one that is silent. Nothing is asked again
 * while an earlier answer is out.
 */
function patient<T>(ask: () => Promise<T | undefined>, onLate: () => void): () => Promise<T | undefined> {
  let asked: Promise<T | undefined> | undefined;
  let late: { readonly value: T | undefined; readonly at: number } | undefined;
  return async () => {
    const begun = performance.now();
    asked ??= ask()
      .then((value) => ((late = performance.now() - begun < patienceMs ? undefined : { value, at: performance.now() }), value))
      .finally(() => (asked = undefined));
    const done = new AbortController();
    const lateOne = (): T | undefined => {
      onLate();
      return late && performance.now() - late.at < keptMs ? late.value : undefined;
    };
    try {
      return await Promise.race([asked, pause(patienceMs, done.signal).then(lateOne)]);
    } finally {
      done.abort();
    }
  };
}
