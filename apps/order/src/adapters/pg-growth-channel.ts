import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Statement } from '@tandem/kernel';
import pg from 'pg';
import type { Logger } from 'pino';
import type { Growth, GrowthChannel } from '../domain/history-feed.js';

const channel = 'order_history';
const notify: Statement = { name: 'order_history_notify', text: `SELECT pg_notify('${channel}', $1)` };

/** More would not fit into one notification of 8,000 bytes. Source: PostgreSQL, NOTIFY. */
const mostOrders = 200;
const againAfterMs = 1_000;

export type GrowthChannelParts = {
  readonly database: Database;
  /** For a connection of its own that listens. */
  readonly connectionString: string;
  /** This process: it does not hear itself. */
  readonly self: string;
  readonly logger: Logger;
};

/** Replicas tell each other by NOTIFY, on its own and never in the writer's transaction: there it would hold a lock of the whole server. */
export function pgGrowthChannel({ database, connectionString, self, logger }: GrowthChannelParts): GrowthChannel {
  const stopping = new AbortController();
  let listening: Promise<void> | undefined;
  const listen = async (onGrowth: (growth: Growth) => void): Promise<void> => {
    while (!stopping.signal.aborted) {
      await hear({ connectionString, self, signal: stopping.signal }, onGrowth).catch((error: unknown) => logger.warn({ err: error }, 'growth of histories is not heard from other replicas'));
      await sleep(againAfterMs, undefined, { signal: stopping.signal }).catch(() => undefined); // aborted: the loop ends
    }
  };
  return {
    tell: async (orders) => void (await database.query(notify, [`${self} ${orders.length > mostOrders ? '*' : orders.join(' ')}`])),
    listen: (onGrowth) => void (listening ??= listen(onGrowth)),
    stop: async () => {
      stopping.abort();
      await listening;
    },
  };
}

type Hearing = { readonly connectionString: string; readonly self: string; readonly signal: AbortSignal };

/** Listens until the connection ends or `signal` fires. What was told before is not heard, so anything may have grown. */
async function hear({ connectionString, self, signal }: Hearing, onGrowth: (growth: Growth) => void): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000, query_timeout: 10_000, keepAlive: true, application_name: 'tandem-histories' });
  const ended = new Promise<void>((resolve) => {
    client.on('error', () => resolve());
    client.on('end', () => resolve());
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  client.on('notification', ({ payload = '' }) => {
    const [from, ...orders] = payload.split(' ');
    if (from !== self) onGrowth(orders[0] === '*' ? { orders: [], isAny: true } : { orders, isAny: false });
  });
  try {
    await client.connect();
    await client.query(`LISTEN ${channel}`);
    onGrowth({ orders: [], isAny: true });
    await ended;
  } finally {
    await client.end().catch(() => undefined); // it has ended by itself
  }
}
