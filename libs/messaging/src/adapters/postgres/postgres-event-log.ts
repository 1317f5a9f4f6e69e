import type { EventLog } from '../../event-log.js';
import { acceptRecords } from '../accept-records.js';
import { answered } from '../answered.js';
import { LogClosed } from '../errors.js';
import { type Logger, silent } from '../logger.js';
import { Announcer } from './announcer.js';
import { createAppend } from './append.js';
import { openPool } from './connections.js';
import { Coordinator } from './coordinator.js';
import { readPartition } from './fetcher.js';
import { Partitions } from './partitions.js';
import { begin, lag, seek } from './positions.js';
import { startRetention } from './retention.js';
import { whileOpen } from '../while-open.js';

export type PostgresEventLogOptions = {
  /** The log's own database, migrated by `migrateEventLog`. */
  readonly connectionString: string;
  /**
   * Default true. False leaves flushing appends to the server's next one. Only for a relay whose outbox is on the same server (one WAL: an
   * append lost in a crash takes the later mark with it), whose marks go through a connection older than the append, and whose consumers
   * deduplicate by event id, as an offset may come back with another record.
   */
  readonly durable?: boolean;
  readonly logger?: Logger;
  /** A member that has not ticked for so long while records wait is put out. Default 60,000; 0 = never. */
  readonly evictAfterMs?: number;
};

const pingStatement = { name: 'log-ping', text: 'SELECT 1' };

/** The embedded event log: partitions, groups and offsets as rows of one PostgreSQL database. */
export function postgresEventLog({
  connectionString,
  durable = true,
  logger = silent,
  evictAfterMs = 60_000,
}: PostgresEventLogOptions): EventLog {
  const { pool, run } = openPool(connectionString, logger);
  const partitions = new Partitions(run);
  const announcer = new Announcer(run, logger);
  const coordinator = new Coordinator({ connectionString, run, announcer, logger, evictAfterMs });
  const appended = (part: number, next: bigint): void => {
    announcer.reached(part, next);
    coordinator.reached(part, next);
  };
  const append = createAppend({ run, partitions, durable, appended });
  const stopRetention = startRetention(pool, logger);
  let closing: Promise<void> | undefined;
  const open = whileOpen(() => closing !== undefined);
  const close = async (): Promise<void> => {
    stopRetention();
    await coordinator.close();
    await announcer.settled();
    await pool.end();
  };
  return {
    kind: 'postgres',
    ensureTopics: (topics) => open(async () => void (await Promise.all(topics.map((topic) => partitions.ensure(topic))))),
    publish: (records) =>
      open(async () => {
        acceptRecords(records);
        await append(records);
      }),
    subscribe: (options) =>
      open(async () => {
        await partitions.of(options.topics);
        await begin(run, options.group, options.topics, options.from ?? 'earliest');
        if (closing) throw new LogClosed();
        return coordinator.subscribe(options);
      }),
    lag: (group) => open(() => lag(run, group)),
    read: (from, limit) =>
      open(async () => readPartition(run, { ...from, part: await partitions.idOf(from.topic, from.partition) }, limit)),
    seek: (group, topic, position) =>
      open(async () => {
        await seek(run, partitions, { group, topic, position });
        announcer.changed(group);
      }),
    ping: () => open(() => answered(run(pingStatement))),
    close: () => (closing ??= close()),
  };
}
