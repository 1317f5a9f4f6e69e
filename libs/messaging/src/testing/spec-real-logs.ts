import { describe, it } from '@jest/globals';
import { deadLetterTopic, topics } from '@tandem/contracts';
import pg from 'pg';
import { kafkaEventLog } from '../adapters/kafka/kafka-event-log.js';
import { postgresEventLog } from '../adapters/postgres/postgres-event-log.js';
import type { EventLog } from '../event-log.js';
import { eventually } from './contract-bench.js';
import type { LogAddress } from './open-log.js';
import { createLogDatabase } from './spec-log-database.js';

/** A log that outlives its clients, as a service meets it in production. */
export type RealLog = {
  /** For members in processes of their own. */
  readonly address: LogAddress;
  /** A new client of the same log. */
  client(): EventLog;
  /** Cuts every client's connections, as a restart of the server would; on Kafka nothing, since its broker belongs to the whole run. */
  cut(): Promise<void>;
  /** Closes every client, then takes the log away where it is this suite's own. */
  drop(): Promise<void>;
};

/** Runs the cases on the embedded log and on Apache Kafka. Without a broker Kafka's are named as not run; with `REQUIRE_KAFKA=1` that fails. */
export function onRealLogs(cases: (open: () => Promise<RealLog>) => void): void {
  describe('on the embedded log', () => cases(embedded));
  describe('on Apache Kafka', () => {
    const brokers = process.env['KAFKA_TEST_BROKERS'];
    if (brokers) cases(() => kafka(brokers.split(',')));
    else if (process.env['REQUIRE_KAFKA'] === '1')
      it('runs on a real Kafka', () => {
        throw new Error('REQUIRE_KAFKA=1, but KAFKA_TEST_BROKERS is not set: no broker was started (Java ≥ 17 and Maven are needed)');
      });
    else it.todo('not run: KAFKA_TEST_BROKERS is not set; npm test starts a broker when Java ≥ 17 and Maven are there');
  });
}

async function embedded(): Promise<RealLog> {
  const { url, drop } = await createLogDatabase();
  const clients = closable(() => postgresEventLog({ connectionString: url, evictAfterMs: 3_000 }));
  const address = { postgres: url, evictAfterMs: 3_000 };
  return { address, client: clients.open, cut: () => cutSessions(url), drop: () => clients.close().then(drop) };
}

/** A broker that has just started tells of a new topic a moment late, so topics are asked for until they are there, as a service does. */
async function kafka(brokers: readonly string[]): Promise<RealLog> {
  const log = kafkaEventLog({ brokers });
  await eventually(() => log.ensureTopics([...Object.values(topics), deadLetterTopic])).finally(() => log.close());
  const clients = closable(() => kafkaEventLog({ brokers }));
  return { address: { kafka: brokers }, client: clients.open, cut: () => Promise.resolve(), drop: clients.close };
}

/** Clients that are closed together, whether their cases have passed or not. */
function closable(make: () => EventLog): { open(): EventLog; close(): Promise<void> } {
  const made: EventLog[] = [];
  return {
    open() {
      const client = make();
      made.push(client);
      return client;
    },
    close: async () => void (await Promise.all(made.map((client) => client.close()))),
  };
}

async function cutSessions(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client
    .query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()')
    .finally(() => client.end());
}
