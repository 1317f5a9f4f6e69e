import { countApart, measured } from '../observing/metrics.js';
import type { MessagingOptions } from '../messaging.js';
import { createParking } from '../parking/parking.js';
import { type Retries, createRetries } from '../parking/retries.js';
import type { Consuming } from '../strategy.js';
import { quietly } from '../waiting/quietly.js';
import { createGate } from './admission.js';
import { createBreadth } from './breadth.js';
import { type Consumer, createConsumer, knownTypes } from './consumer.js';
import { type PipelineParts, livePipeline, retryPipeline } from './pipeline.js';
import { createRepeats } from './repeats.js';
import { createSlots } from './slots.js';
import { type Circuit, createCircuit } from './waiting.js';
import { createWatchdog } from './watchdog.js';

/** Transactions a consumer runs side by side: half of the usual pool of 8, so that requests keep the other half. */
const consumerSlots = 4;

/** Everything on the way in of one service. */
export type Consumption = Consuming & { readonly consumer: Consumer; readonly circuit: Circuit; readonly retries: Retries };

export type ConsumptionParts = { readonly topicsReady: () => Promise<void>; readonly wakeRelay: () => void };

/** Puts the way in together: the group's member, its pipelines, the retries of what was parked, the watchdog. */
export function createConsumption(options: MessagingOptions, { topicsReady, wakeRelay }: ConsumptionParts): Consumption {
  const { service: group, database, logger, log, registry, newId, deadLetterId } = options;
  const onFatal = options.onFatal ?? ((error) => logger.error({ err: error }, 'the consumer can never work again'));
  const wakeRetries = (): void => retries.wake();
  const circuit = createCircuit({ pauseAll: () => consumer.pauseAll(), resumeAll: () => consumer.resumeAll() }, logger, Date.now);
  const pipeline: PipelineParts = {
    database,
    gate: createGate(group),
    parking: createParking({ group, newId, deadLetterId, wakeRelay, wakeRetries, logger }),
    repeats: createRepeats(database, group),
    slots: createSlots(consumerSlots),
    wakeRetries,
    breadth: createBreadth(Date.now),
    measured: measured(registry, group, knownTypes),
    waiting: circuit.waiting,
    onApart: countApart(registry, group),
    logger,
    now: Date.now,
  };
  const consumer = createConsumer({
    log,
    group,
    topicsReady,
    live: livePipeline(pipeline),
    retrying: retryPipeline(pipeline),
    logger,
    onFatal,
  });
  const watchdog = createWatchdog({ log, group, logger, onFatal, consumer });
  const retries = createRetries({ database, group, consumer, isWaiting: circuit.isClosed, logger });
  return {
    consumer,
    circuit,
    retries,
    begin(subscribers) {
      consumer.begin(subscribers);
      retries.start();
      watchdog.start();
    },
    async close() {
      await quietly(logger, [watchdog.stop(), consumer.close(), retries.stop()]);
      circuit.close();
    },
  };
}
