import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Delivery, Middleware } from '../consuming/delivery.js';
import type { Operations } from '../operations.js';

/** Seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts and times every delivery by its outcome. Types nobody publishes share one label, so that foreign records cannot grow it. */
export function measured(registry: Registry, group: string, known: ReadonlySet<string>): Middleware {
  const registers = [registry];
  const deliveries = new Counter({
    name: 'consumer_deliveries_total',
    help: 'Messages by outcome',
    labelNames: ['group', 'topic', 'type', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'consumer_handler_duration_seconds',
    help: 'One delivery, its tries in place included',
    labelNames: ['group', 'type'],
    buckets,
    registers,
  });
  return (next) => async (delivery) => {
    const type = typeOf(delivery, known);
    const stop = durations.startTimer({ group, type });
    const outcome = await next(delivery);
    stop();
    deliveries.inc({
      group,
      topic: delivery.record.topic,
      type,
      outcome: outcome.kind === 'parked' ? `parked-${outcome.as}` : outcome.kind,
    });
    return outcome;
  };
}

function typeOf({ record }: Delivery, known: ReadonlySet<string>): string {
  const type = record.headers['ce_type'];
  return type !== undefined && known.has(type) ? type : 'unknown';
}

/** A counter of what the relay has published. */
export function countPublished(registry: Registry): (count: number) => void {
  const published = new Counter({ name: 'outbox_published_total', help: 'Events published', registers: [registry] });
  return (count) => published.inc(count);
}

/** Lag, age, parked and outbox: asked for when scraped, at most once a second. */
export function measureBacklog(registry: Registry, operations: Pick<Operations, 'consumers' | 'outbox'>): void {
  const gauge = (name: string, help: string, labelNames: string[], collect: (this: Gauge) => Promise<void>): void => {
    new Gauge({ name, help, labelNames, registers: [registry], collect });
  };
  const outbox = cached(() => operations.outbox());
  const consumers = cached(() => operations.consumers());
  gauge('outbox_pending', 'Events not yet published', [], async function () {
    this.set((await outbox())?.pending ?? NaN);
  });
  gauge('outbox_oldest_age_seconds', 'Age of the oldest event not yet published', [], async function () {
    this.set(((await outbox())?.oldestAgeMs ?? NaN) / 1000);
  });
  gauge('outbox_refused', 'Events the log will never take', [], async function () {
    this.set((await outbox())?.refused ?? NaN);
  });
  const perTopic = (name: string, help: string, of: (facts: Awaited<ReturnType<Operations['consumers']>>[number]) => number): void =>
    gauge(name, help, ['group', 'topic'], async function () {
      for (const facts of (await consumers()) ?? []) this.set({ group: facts.group, topic: facts.topic }, of(facts));
    });
  perTopic('consumer_lag', 'Records not yet settled', ({ lag }) => lag);
  perTopic('consumer_oldest_age_seconds', 'Age of the oldest record not yet settled', ({ oldestAgeMs }) => oldestAgeMs / 1000);
  perTopic('consumer_paused', '1 while a system is away', ({ paused }) => (paused ? 1 : 0));
  perTopic('consumer_parked', 'Messages set aside, dead ones included', ({ parked }) => parked);
}

/** One answer a second; `undefined` when it could not be had (a scrape must not fail because the database is away). */
function cached<T>(ask: () => Promise<T>): () => Promise<T | undefined> {
  let answer: { readonly at: number; readonly value: Promise<T | undefined> } | undefined;
  return () => {
    if (!answer || Date.now() - answer.at > 1000) answer = { at: Date.now(), value: ask().catch(() => undefined) };
    return answer.value;
  };
}
