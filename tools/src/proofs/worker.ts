import { setTimeout as sleep } from 'node:timers/promises';
import { runUntilSignalled } from '@tandem/host';
import { type EventLog, type MessagingLogger, done, effect } from '@tandem/messaging';
import { type Call, type LogAddress, applied, openLog, openSpecDatabase, serve, slowly } from '@tandem/messaging/testing';

/** What a service in a process of its own is told by its command line. */
export type WorkerOrders = {
  readonly address: LogAddress;
  readonly database: string;
  readonly service: string;
  /** `relay`: publishes the outbox only. `consume`: applies every event. `outside`: every event is a slow effect outside the database. */
  readonly does: 'relay' | 'consume' | 'outside';
  /** How long a handler, or the effect outside, takes, ms. */
  readonly takesMs?: number;
  /** Its handlers never answer. */
  readonly isDeaf?: boolean;
  /** Its first handler throws an error nobody catches; none of them ever answers. */
  readonly crashes?: boolean;
};

/** What it says: it serves; a line of its log, warnings and worse; it is about to die, when (by `Date.now`) and why. */
export type WorkerNews =
  | { readonly kind: 'ready' }
  | { readonly kind: 'said'; readonly line: string }
  | { readonly kind: 'dying'; readonly atMs: number; readonly because: string };

const called = { name: 'proof.called', text: 'INSERT INTO called (order_id, n, pid) VALUES ($1, $2, $3)' };
const acted = { name: 'proof.acted', text: 'INSERT INTO acted (order_id, n, pid) VALUES ($1, $2, $3)' };
const tell = (news: WorkerNews): void => void process.send?.(news);
const dying = (error: unknown): void => tell({ kind: 'dying', atMs: Date.now(), because: String(error) });

function callOf({ does, takesMs = 0, isDeaf = false, crashes = false, database }: WorkerOrders): Call {
  const aside = openSpecDatabase(database, 4).database;
  let hasCrashed = false;
  return async (event, tx, message) => {
    const note = (what: typeof called): Promise<unknown> => aside.query(what, [event.orderId, event.n, process.pid]);
    await note(called);
    if (crashes && !hasCrashed) {
      hasCrashed = true;
      setImmediate(() => Promise.reject(new TypeError('nobody expected this')));
    }
    if (isDeaf || crashes) await new Promise(() => undefined);
    if (does === 'outside')
      return effect(
        () => note(acted).then(() => sleep(takesMs)),
        async (settling) => (await applied(event, settling, message), done),
      );
    if (takesMs > 0) await slowly(tx, takesMs);
    return applied(event, tx, message);
  };
}

const ignore = (): void => undefined;
const say: MessagingLogger['warn'] = (_facts, line) => tell({ kind: 'said', line });
const logger: MessagingLogger = { debug: ignore, info: ignore, warn: say, error: say };

/** A service whose process can be stopped and killed; it ends as a service of the shop does. */
async function main(orders: WorkerOrders): Promise<void> {
  process.once('disconnect', () => process.exit(0));
  process.on('unhandledRejection', dying); // before the one that ends the process
  await runUntilSignalled(orders.service, async (onFatal) => {
    const log: EventLog = openLog(orders.address, logger);
    const service = await serve(openSpecDatabase(orders.database), {
      service: orders.service,
      log,
      logger,
      onFatal: (error) => (dying(error), onFatal(error)),
      ...(orders.does === 'relay' ? {} : { call: callOf(orders) }),
    });
    tell({ kind: 'ready' });
    return [service];
  });
}

await main(JSON.parse(process.argv[2] ?? '{}') as WorkerOrders);
