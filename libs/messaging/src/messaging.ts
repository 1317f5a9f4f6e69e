import type { CustomTransportStrategy } from '@nestjs/microservices';
import { deadLetterTopic, topics } from '@tandem/contracts';
import type { Database } from '@tandem/kernel';
import type { Registry } from 'prom-client';
import { type Consumption, createConsumption } from './consuming/consumption.js';
import { UnsupportedBroker } from './adapters/errors.js';
import type { EventLog } from './event-log.js';
import type { Logger } from './logger.js';
import { consumerFacts } from './observing/consumer-facts.js';
import { countPublished, measureBacklog } from './observing/metrics.js';
import type { Operations } from './operations.js';
import type { Outbox } from './outbox.js';
import { pgDeadLetters } from './parking/pg-dead-letters.js';
import { outboxFacts } from './publishing/outbox-facts.js';
import { createOutbox } from './publishing/pg-outbox.js';
import { createPruning } from './publishing/pruning.js';
import { createRelay } from './publishing/relay.js';
import { createWaker } from './publishing/waker.js';
import { EventLogStrategy } from './strategy.js';
import { quietly } from './waiting/quietly.js';

export type MessagingOptions = {
  /** Name of the service: the source of its events and its consumer group. */
  readonly service: string;
  readonly database: Database;
  /** Of the same database, for the relay's own connection. */
  readonly connectionString: string;
  readonly log: EventLog;
  /** Makes UUIDv7. */
  readonly newId: () => string;
  /** The id of a dead letter as operators know it, of its UUID: for the log. */
  readonly deadLetterId: (uuid: string) => string;
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

/** Puts one service's messaging together; nothing runs before `start` and the strategy's `listen`. */
export function createMessaging(options: MessagingOptions): Messaging {
  const { service, database, logger, log, registry, newId, validate } = options;
  const topicsReady = onceOnly(() => usable(options, log.ensureTopics([...Object.values(topics), deadLetterTopic])));
  const relay = createRelay({ ...options, topicsReady, onPublished: countPublished(registry) });
  const wakeRelay = createWaker(relay, database, logger);
  const pruning = createPruning({ database, group: service, leads: () => relay.leads(), logger });
  const consumption = createConsumption(options, { topicsReady, wakeRelay });
  const stopConsuming = onceOnly(() => consumption.close());
  const operations = operationsOf(options, consumption);
  measureBacklog(registry, operations);
  return {
    outbox: createOutbox({ service, newId, wake: wakeRelay, validate }),
    strategy: new EventLogStrategy({ begin: (subscribers) => consumption.begin(subscribers), close: stopConsuming }),
    async start() {
      void topicsReady().catch((error: unknown) =>
        logger.warn({ err: error }, 'the event log is not there yet; it is asked again when it is needed'),
      );
      relay.start();
      pruning.start();
    },
    async stop() {
      await stopConsuming();
      await quietly(logger, [pruning.stop(), relay.stop()]);
    },
    ready: () => readinessOf(consumption),
    operations,
  };
}

/** A log that can never be spoken to ends the process; one that is away is waited for. */
function usable({ onFatal, logger }: MessagingOptions, asked: Promise<void>): Promise<void> {
  return asked.catch((error: unknown) => {
    if (error instanceof UnsupportedBroker) (onFatal ?? ((fatal) => logger.error({ err: fatal }, 'the event log cannot be used')))(error);
    throw error;
  });
}

function operationsOf(
  { service: group, database, log, logger }: MessagingOptions,
  { consumer, circuit, retries }: Consumption,
): Operations {
  const isPaused = (): boolean => circuit.away() !== undefined;
  return {
    consumers: consumerFacts({ database, log, group, topics: () => consumer.topics(), isPaused, logger }),
    outbox: () => outboxFacts(database),
    deadLetters: pgDeadLetters(database, () => retries.wake()),
  };
}

function readinessOf({ consumer, circuit }: Consumption): ReturnType<Messaging['ready']> {
  if (!consumer.isJoined()) return { ok: false, detail: 'the consumer group is not joined yet' };
  const away = circuit.away();
  return { ok: true, detail: away === undefined ? 'ok' : `consuming waits for: ${away}` };
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
