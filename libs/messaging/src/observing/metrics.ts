import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Delivery, Middleware, Outcome } from '../consuming/delivery.js';
import type { ConsumerFacts, Operations } from '../operations.js';
import type { OutboxFacts } from '../publishing/outbox-facts.js';

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
      outcome: labelOf(outcome),
    });
    return outcome;
  };
}

/** `handled`, `ignored`, `filtered` (a routing rule let it go), `unhandled` (nobody listens to its type), `duplicate`, `later`, `parked-…`. */
function labelOf(outcome: Outcome): string {
  if (outcome.kind === 'parked') return `parked-${outcome.as}`;
  return outcome.kind === 'skipped' ? outcome.because : outcome.kind;
}

function typeOf({ record }: Delivery, known: ReadonlySet<string>): string {
  const type = record.headers['ce_type'];
  return type !== undefined && known.has(type) ? type : 'unknown';
}

/** A counter of batches that failed as a whole, so that each of their messages was handled by itself. */
export function countApart(registry: Registry, group: string): (type: string) => void {
  const apart = new Counter({
    name: 'consumer_batches_apart_total',
    help: 'Batches taken apart',
    labelNames: ['group', 'type'],
    registers: [registry],
  });
  return (type) => apart.inc({ group, type });
}

/** A counter of what the relay has published. */
export function countPublished(registry: Registry): (count: number) => void {
  const published = new Counter({ name: 'outbox_published_total', help: 'Events published', registers: [registry] });
  return (count) => published.inc(count);
}

type Figure<Facts, Value = number> = { readonly name: string; readonly help: string; readonly of: (facts: Facts) => Value };

const outboxFigures: readonly Figure<OutboxFacts>[] = [
  { name: 'outbox_pending', help: 'Events not yet published', of: ({ pending }) => pending },
  { name: 'outbox_oldest_age_seconds', help: 'Age of the oldest event not yet published', of: ({ oldestAgeMs }) => oldestAgeMs / 1000 },
  { name: 'outbox_refused', help: 'Events the log will never take', of: ({ refused }) => refused },
];

/** What is not known just now (`null`) is NaN, which no alert takes for a backlog, nor for none. */
const consumerFigures: readonly Figure<ConsumerFacts, number | null>[] = [
  { name: 'consumer_lag', help: 'Records not yet settled', of: ({ lag }) => lag },
  {
    name: 'consumer_oldest_age_seconds',
    help: 'Age of the oldest record not yet settled',
    of: ({ oldestAgeMs }) => (oldestAgeMs === null ? null : oldestAgeMs / 1000),
  },
  { name: 'consumer_paused', help: '1 while a system is away', of: ({ paused }) => (paused ? 1 : 0) },
  { name: 'consumer_parked', help: 'Messages set aside, dead ones included', of: ({ parked }) => parked },
  { name: 'consumer_dead', help: 'Messages set aside that wait for an operator', of: ({ dead }) => dead },
];

/** Lag, age, parked and outbox: asked for when scraped, at most once a second. */
export function measureBacklog(registry: Registry, operations: Pick<Operations, 'consumers' | 'outbox'>): void {
  const registers = [registry];
  const outbox = cached(() => operations.outbox());
  const consumers = cached(() => operations.consumers());
  for (const { name, help, of } of outboxFigures) {
    const collect = async (): Promise<void> => {
      const facts = await outbox();
      gauge.set(facts ? of(facts) : NaN);
    };
    const gauge = new Gauge({ name, help, registers, collect });
  }
  for (const { name, help, of } of consumerFigures) {
    const collect = async (): Promise<void> => {
      for (const facts of (await consumers()) ?? []) {
        gauge.set({ group: facts.group, topic: facts.topic }, of(facts) ?? NaN);
      }
    };
    const gauge = new Gauge({ name, help, labelNames: ['group', 'topic'], registers, collect });
  }
}

/** One answer a second; `undefined` when it could not be had (a scrape must not fail because the database is away). */
function cached<T>(ask: () => Promise<T>): () => Promise<T | undefined> {
  let answer: { readonly at: number; readonly value: Promise<T | undefined> } | undefined;
  return () => {
    if (!answer || Date.now() - answer.at > 1000) answer = { at: Date.now(), value: ask().catch(() => undefined) };
    return answer.value;
  };
}
