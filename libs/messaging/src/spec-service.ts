import { deadLetterTopic, defineEvent, type EventDefinition, topics } from '@tandem/contracts';
import { sessionOf, type Tx } from '@tandem/kernel';
import { Registry } from 'prom-client';
import { v7 } from 'uuid';
import { z } from 'zod';
import { memoryEventLog } from './adapters/memory/memory-event-log.js';
import type { EventLog, NewRecord } from './event-log.js';
import { type Handled, type Message, done } from './handler.js';
import type { Logger } from './logger.js';
import { type Messaging, createMessaging } from './messaging.js';
import type { HandlerContext, OnOptions } from './on.js';
import { type SpecDatabase, createSpecDatabase } from './spec-database.js';
import type { EventLogStrategy } from './strategy.js';

/** An event for specs: the n-th thing that happened to an order. */
export const CountedV1 = defineEvent({
  type: 'order.counted.v1',
  topic: 'order',
  summary: 'An order was counted.',
  key: ({ orderId }) => orderId,
  schema: z.object({ orderId: z.string(), n: z.int() }),
});
export type Counted = { readonly orderId: string; readonly n: number };

export const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Waits until `condition` holds; the answer of the last look is in the error. */
export async function eventually<T>(look: () => Promise<T> | T, holds: (seen: T) => boolean, withinMs = 15_000): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > end)
      throw new Error(
        `it never held; last seen: ${JSON.stringify(seen, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** One record as the relay would publish it. */
export function recordOf(data: Counted, sequence: number, changes: { id?: string; type?: string; value?: string | null } = {}): NewRecord {
  const { id = v7(), type = CountedV1.type, value = JSON.stringify(data) } = changes;
  const headers = {
    ce_specversion: '1.0',
    ce_id: id,
    ce_type: type,
    ce_source: '/tandem/spec',
    ce_time: new Date().toISOString(),
    ce_sequence: String(sequence),
  };
  return { topic: CountedV1.topic, key: data.orderId, headers, value };
}

export type Call = (event: Counted, tx: Tx, message: Message) => Promise<Handled>;

export type BatchCall = (events: readonly Counted[], tx: Tx, messages: readonly Message[]) => Promise<Handled>;

/** A statement that takes so long, ms. */
export async function slowly(tx: Tx, ms: number): Promise<void> {
  await sessionOf(tx).query({ name: 'spec.slow', text: 'SELECT pg_sleep($1)' }, [ms / 1_000]);
}

/** Notes in table `effect` what was applied, in order. */
export const applied: Call = async ({ orderId, n }, tx) => {
  await sessionOf(tx).query({ name: 'spec.apply', text: 'INSERT INTO effect (order_id, n) VALUES ($1, $2)' }, [orderId, n]);
  return done;
};

/** The same for many, in one statement. */
export const appliedTogether: BatchCall = async (events, tx) => {
  const values = [events.map(({ orderId }) => orderId), events.map(({ n }) => n)];
  await sessionOf(tx).query(
    { name: 'spec.apply-many', text: 'INSERT INTO effect (order_id, n) SELECT * FROM unnest($1::text[], $2::int[])' },
    values,
  );
  return done;
};

/** A service with one handler, on a log and a database. */
export type SpecService = {
  readonly messaging: Messaging;
  readonly log: EventLog;
  readonly db: Pick<SpecDatabase, 'sql'>;
  /** What was applied to an order, in order of application. */
  effects(orderId: string): Promise<number[]>;
  stop(): Promise<void>;
};

export async function createSpecStore(server?: string): Promise<SpecDatabase> {
  const db = await createSpecDatabase(server);
  await db.sql(`CREATE TABLE effect (at bigint GENERATED ALWAYS AS IDENTITY, order_id text NOT NULL, n int NOT NULL,
    done_at timestamptz NOT NULL DEFAULT clock_timestamp())`);
  return db;
}

export type Serving = {
  /** Its name, which is also its consumer group. Default `spec`. */
  readonly service?: string;
  readonly call?: Call;
  /** How its events are read. Default `CountedV1`. */
  readonly definition?: EventDefinition<Counted>;
  /** Instead of `call`: a handler that takes up to `most` at once. */
  readonly batch?: { readonly most: number; readonly call: BatchCall };
  readonly options?: OnOptions<unknown>;
  readonly log?: EventLog;
  readonly logger?: Logger;
  readonly registry?: Registry;
  readonly onFatal?: (error: Error) => void;
};

export async function serve(
  db: Pick<SpecDatabase, 'database' | 'connectionString' | 'sql'>,
  {
    service = 'spec',
    call,
    definition = CountedV1,
    batch,
    options = {},
    log = memoryEventLog(),
    logger = silent,
    registry = new Registry(),
    onFatal,
  }: Serving = {},
): Promise<SpecService> {
  await log.ensureTopics([...Object.values(topics), deadLetterTopic]);
  const { database, connectionString } = db;
  const fatal = onFatal ? { onFatal } : {};
  const ids = { newId: v7, deadLetterId: (uuid: string) => `dl_${uuid}` };
  const messaging = createMessaging({ service, database, connectionString, log, ...ids, logger, registry, validate: true, ...fatal });
  const strategy = messaging.strategy as EventLogStrategy;
  const handler = handlerOf(call, batch?.call);
  const declared = batch ? { ...options, batch: batch.most } : options;
  if (handler) strategy.addHandler(definition.type, handler, true, { subscribed: { definition, options: declared } });
  await messaging.start();
  strategy.listen(() => undefined);
  return {
    messaging,
    log,
    db,
    effects: async (orderId) =>
      (await db.sql<{ n: number }>('SELECT n FROM effect WHERE order_id = $1 ORDER BY at', [orderId])).map(({ n }) => n),
    async stop() {
      await messaging.stop();
      await log.close();
    },
  };
}

type NestHandler = (data: unknown, context?: HandlerContext) => Promise<Handled>;

function handlerOf(call: Call | undefined, batch: BatchCall | undefined): NestHandler | undefined {
  const given = (context: HandlerContext | undefined): HandlerContext => context as HandlerContext;
  if (batch) return async (data, context) => batch(data as readonly Counted[], given(context).tx, given(context).messages);
  return call && (async (data, context) => call(data as Counted, given(context).tx, given(context).message));
}
