import { setTimeout as sleep } from 'node:timers/promises';
import { sessionOf } from '@tandem/kernel';
import type { EventLog } from '../event-log.js';
import { done, effect } from '../handler.js';
import { openSpecDatabase } from '../spec-database.js';
import { type Call, applied, serve } from '../spec-service.js';
import { type LogAddress, openLog } from './open-log.js';

/** What a service in a process of its own is told by its command line. */
export type WorkerOrders = {
  readonly address: LogAddress;
  readonly database: string;
  readonly service: string;
  /** `relay`: publishes the outbox only. `consume`: applies every event. `outside`: every event is a slow effect outside the database. */
  readonly does: 'relay' | 'consume' | 'outside';
  /** How long a handler, or the effect outside, takes, ms. */
  readonly takesMs?: number;
  /** Its log delivers nothing, although it joins and lags: a fetch that never settles. */
  readonly isDeaf?: boolean;
  /** Its handlers stop the process with an error nobody catches. */
  readonly crashes?: boolean;
};

/** What it says: it serves; it will end, and why. */
export type WorkerNews = { readonly kind: 'ready' } | { readonly kind: 'fatal'; readonly because: string };

const noted = { name: 'spec.called', text: 'INSERT INTO called (order_id, n, pid) VALUES ($1, $2, $3)' };

function callOf({ does, takesMs = 0, crashes = false, database }: WorkerOrders): Call {
  const aside = openSpecDatabase(database, 4).database;
  return async (event, tx, message) => {
    if (crashes) setImmediate(() => Promise.reject(new TypeError('nobody expected this')));
    await aside.query(noted, [event.orderId, event.n, process.pid]);
    if (does === 'outside')
      return effect(
        () => sleep(takesMs, {}),
        async (settling) => (await applied(event, settling, message), done),
      );
    if (takesMs > 0) await sessionOf(tx).query({ name: 'spec.slow', text: 'SELECT pg_sleep($1)' }, [takesMs / 1_000]);
    return applied(event, tx, message);
  };
}

/** A service whose process can be stopped and killed; ends by itself as a service of the shop would. */
async function main(orders: WorkerOrders): Promise<void> {
  const tell = (news: WorkerNews): void => void process.send?.(news);
  const end = (error: unknown): void => {
    tell({ kind: 'fatal', because: String(error) });
    setTimeout(() => process.exit(1), 20);
  };
  process.on('unhandledRejection', end);
  process.once('disconnect', () => process.exit(0));
  const log = openLog(orders.address);
  const service = await serve(openSpecDatabase(orders.database), {
    service: orders.service,
    log: orders.isDeaf ? deaf(log) : log,
    onFatal: end,
    ...(orders.does === 'relay' ? {} : { call: callOf(orders) }),
  });
  process.once('SIGTERM', () => void service.stop().then(() => process.exit(0)));
  tell({ kind: 'ready' });
}

function deaf(log: EventLog): EventLog {
  return { ...log, subscribe: (options) => log.subscribe({ ...options, handle: () => new Promise(() => undefined) }) };
}

if (process.send) await main(JSON.parse(process.argv[2] ?? '{}') as WorkerOrders);
