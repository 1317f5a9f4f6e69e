import type { CustomTransportStrategy } from '@nestjs/microservices';
import { deadLetterTopic, topics } from '@tandem/contracts';
import type { Database } from '@tandem/kernel';
import type { Registry } from 'prom-client';
import { createGate } from './consuming/admission.js';
import { createBreadth } from './consuming/breadth.js';
import { type Consumer, createConsumer, knownTypes } from './consuming/consumer.js';
import { type PipelineParts, livePipeline, retryPipeline } from './consuming/pipeline.js';
import { createSlots } from './consuming/slots.js';
import { type Circuit, createCircuit } from './consuming/waiting.js';
import { type WatchdogParts, createWatchdog } from './consuming/watchdog.js';
import type { EventLog } from './event-log.js';
import type { Logger } from './logger.js';
import { consumerFacts } from './observing/consumer-facts.js';
import { countPublished, measureBacklog, measured } from './observing/metrics.js';
import type { Operations } from './operations.js';
import type { Outbox } from './outbox.js';
import { createParking } from './parking/parking.js';
import { pgDeadLetters } from './parking/pg-dead-letters.js';
import { type RetriesParts, createRetries } from './parking/retries.js';
import { outboxFacts } from './publishing/outbox-facts.js';
import { createOutbox } from './publishing/pg-outbox.js';
import { createPruning } from './publishing/pruning.js';
import { createRelay } from './publishing/relay.js';
import { createWaker } from './publishing/waker.js';
import { EventLogStrategy, type Subscriber } from './strategy.js';

export type MessagingOptions = {
  /** Name of the service: the source of its events and its consumer group. */
  readonly service: string;
  readonly database: Database;
  /** Of the same database, for the relay's own connection. */
  readonly connectionString: string;
  readonly log: EventLog;
  /** Makes UUIDv7. */
  readonly newId: () => string;
  readonly logger: Logger;
  readonly registry: Registry;
  /** Checks events against their schema when publishing: development and tests. */
  readonly validate: boolean;
  /** The consumer can never work again: the process should end. Default: a line in the log. */
  readonly onFatal?: (error: Error) => void;
};

/** The way out and the way in of one service. Works without consumers, and without producers. */
export type Messaging = {
  readonly outbox: Outbox;
  /** For `app.connectMicroservice({ strategy })`; consumers begin with `startAllMicroservices`. */
  readonly strategy: CustomTransportStrategy;
  /** Starts relay, retries of parked messages and pruning. Does not wait for log or database. */
  start(): Promise<void>;
  /** Finishes the messages in hand (≤ 10 s) and commits them, publishes what is committed, closes its connections. */
  stop(): Promise<void>;
  ready(): { readonly ok: boolean; readonly detail: string };
  readonly operations: Operations;
};

/** Transactions a consumer runs side by side: half of the usual pool of 8, so that requests keep the other half. */
const consumerSlots = 4;

/** Puts one service's messaging together; nothing runs before `start` and the strategy's `listen`. */
export function createMessaging(options: MessagingOptions): Messaging {
  const { service: group, database, logger, log, registry, newId } = options;
  const topicsReady = onceOnly(() => log.ensureTopics([...Object.values(topics), deadLetterTopic]));
  const relay = createRelay({ ...options, topicsReady, onPublished: countPublished(registry) });
  const wakeRelay = createWaker(relay, database, logger);
  const outbox = createOutbox({ service: group, newId, wake: wakeRelay, validate: options.validate });
  const parking = createParking({ group, newId, wakeRelay, wakeRetries: () => retries.wake() });
  const circuit = createCircuit({ pauseAll: () => consumer.pauseAll(), resumeAll: () => consumer.resumeAll() }, logger, Date.now);
  const pipeline: PipelineParts = {
    database,
    gate: createGate(group),
    parking,
    slots: createSlots(consumerSlots),
    wakeRetries: () => retries.wake(),
    breadth: createBreadth(Date.now),
    measured: measured(registry, group, knownTypes),
    waiting: circuit.waiting,
    logger,
    now: Date.now,
  };
  const onFatal = options.onFatal ?? ((error) => logger.error({ err: error }, 'the consumer can never work again'));
  const consumer = createConsumer({ log, group, topicsReady, live: livePipeline(pipeline), retrying: retryPipeline(pipeline), logger, onFatal });
  const watchdog = createWatchdog({ log, group, logger, onFatal, ...watchable(consumer) });
  const handle: RetriesParts['handle'] = (record, retry, signal) => consumer.retry(record, retry, signal);
  const retries = createRetries({ database, group, handle, isWaiting: circuit.isClosed, logger });
  const pruning = createPruning({ database, group, leads: () => relay.leads(), logger });
  const operations: Operations = {
    consumers: () => consumerFacts({ database, log, group, topics: () => consumer.topics(), isPaused: () => circuit.away() !== undefined }),
    outbox: () => outboxFacts(database),
    deadLetters: pgDeadLetters(database, () => retries.wake()),
  };
  measureBacklog(registry, operations);
  const stopConsuming = onceOnly(async () => {
    await quietly(logger, [watchdog.stop(), consumer.close(), retries.stop()]);
    circuit.close();
  });
  const begin = (subscribers: readonly Subscriber[]): void => {
    consumer.begin(subscribers);
    retries.start();
    watchdog.start();
  };
  return {
    outbox,
    strategy: new EventLogStrategy({ begin, close: stopConsuming }),
    async start() {
      relay.start();
      pruning.start();
    },
    async stop() {
      await stopConsuming();
      await quietly(logger, [pruning.stop(), relay.stop()]);
    },
    ready: () => readiness(consumer, circuit),
    operations,
  };
}

function watchable(consumer: Consumer): Pick<WatchdogParts, 'expected' | 'finished' | 'rejoin'> {
  return { expected: () => consumer.expected(), finished: () => consumer.finished(), rejoin: () => consumer.rejoin() };
}

function readiness(consumer: Consumer, circuit: Circuit): ReturnType<Messaging['ready']> {
  if (!consumer.isJoined()) return { ok: false, detail: 'the consumer group is not joined yet' };
  const away = circuit.away();
  return { ok: true, detail: away === undefined ? 'ok' : `consuming waits for: ${away}` };
}

/** One part that cannot stop does not keep the others. */
async function quietly(logger: Logger, parts: readonly Promise<void>[]): Promise<void> {
  for (const part of await Promise.allSettled(parts)) if (part.status === 'rejected') logger.warn({ err: part.reason as unknown }, 'a part of messaging did not stop cleanly');
}

/** Does the work once; asked again it gives the same answer, after a failure it tries anew. */
function onceOnly(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work().catch((error: unknown) => {
      done = undefined;
      throw error;
    });
    return done;
  };
}
