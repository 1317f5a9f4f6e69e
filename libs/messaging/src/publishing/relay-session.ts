import { hostname } from 'node:os';
import pg from 'pg';
import type { NewRecord } from '../event-log.js';
import { pause } from '../waiting/alarm.js';

/** Advisory lock of the relay's leader. One per database, hence one per service. */
const leaderLock = [7402, 1] as const;
/** Where replicas that are not leading say that there is something to publish. */
export const wakeChannel = 'messaging_outbox';

/** How long the end of a connection is waited for, ms. */
const goodbyeMs = 2_000;

const batchSql = {
  name: 'messaging.relay.batch',
  text: `SELECT id::text, topic, key, sequence::text, headers, payload FROM messaging.outbox
          WHERE published_at IS NULL AND refused IS NULL ORDER BY outbox.id LIMIT $1`,
};
const publishedSql = {
  name: 'messaging.relay.published',
  text: 'UPDATE messaging.outbox SET published_at = now() WHERE id = ANY($1::bigint[])',
};
const refusedSql = { name: 'messaging.relay.refused', text: 'UPDATE messaging.outbox SET refused = $2 WHERE id = $1' };

export type Pending = { readonly id: string; readonly record: NewRecord };

/**
 * The leader's connection: who holds the lock reads and marks on this very session, so that a leader that has lost it can mark nothing.
 * A lost mark only publishes twice, which consumers drop; hence the session does not wait for the disk.
 */
export type RelaySession = {
  lead(): Promise<boolean>;
  next(limit: number): Promise<readonly Pending[]>;
  published(ids: readonly string[]): Promise<void>;
  refused(id: string, because: string): Promise<void>;
  close(): Promise<void>;
};

export type SessionEvents = { readonly onWake: () => void; readonly onLost: (error: Error) => void };

/** Dials once; rejects when the database is away. `onLost` is called at most once, when the session ends by itself. */
export async function openRelaySession(connectionString: string, events: SessionEvents): Promise<RelaySession> {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: 2_000,
    query_timeout: 10_000,
    keepAlive: true,
    application_name: `tandem-relay ${process.pid} on ${hostname()}`, // whoever looks for the leader finds its process
    options: '-c synchronous_commit=off -c plan_cache_mode=force_generic_plan',
  });
  let closing = false;
  let lost = false;
  const lose = (error: Error): void => {
    if (closing || lost) return;
    lost = true;
    events.onLost(error);
  };
  client.on('error', lose);
  client.on('end', () => lose(new Error("the relay's connection has ended")));
  client.on('notification', () => events.onWake());
  await client.connect();
  return {
    lead: () => lead(client),
    next: (limit) => next(client, limit),
    async published(ids) {
      await client.query({ ...publishedSql, values: [ids] });
    },
    async refused(id, because) {
      await client.query({ ...refusedSql, values: [id, because] });
    },
    async close() {
      closing = true;
      // A server that hangs never says goodbye: its end is not waited for.
      const ended = new AbortController();
      void client.end().then(
        () => ended.abort(),
        () => ended.abort(),
      );
      await pause(goodbyeMs, ended.signal);
    },
  };
}

async function lead(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ led: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS led', [...leaderLock]);
  const led = rows[0]?.led === true;
  if (led) await client.query(`LISTEN ${wakeChannel}`);
  return led;
}

type Row = { id: string; topic: string; key: string; sequence: string; headers: string; payload: string };

async function next(client: pg.Client, limit: number): Promise<readonly Pending[]> {
  const { rows } = await client.query<Row>({ ...batchSql, values: [limit] });
  return rows.map((row) => ({ id: row.id, record: toRecord(row) }));
}

function toRecord(row: Row): NewRecord {
  const headers = JSON.parse(row.headers) as Record<string, string>;
  return { topic: row.topic, key: row.key, headers: { ...headers, ce_sequence: row.sequence }, value: row.payload };
}
