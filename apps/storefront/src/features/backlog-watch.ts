import { type Background, createTicker } from '@tandem/host';
import type { Logger } from 'pino';
import { Counter, Gauge, type Registry } from 'prom-client';
import { type Backlog, type BacklogSignal, backlogSignals, judge, oldestOf, type Standing } from '../domain/backlog.js';
import { gather, type OperatedService } from './fan-out.js';

/** A calm pace: a backlog that matters is minutes old. */
const everyMs = 10_000;
/** After a look in vain: what cannot be asked now would only fill the logs of those who are asked. */
const restMs = 60_000;
const timeoutMs = 5_000;

const nothing = (signal: BacklogSignal): Standing => ({ ...oldestOf(signal, []), isClosed: false, oldSince: null });

export type BacklogParts = { readonly services: readonly OperatedService[]; readonly registry: Registry; readonly logger: Logger };

/**
 * Looks every 10 s, every minute while that is in vain, how old the oldest event is that waits, by what every service tells of its outbox and consumers. While one is silent, or does not hear the log, as
 * when the broker is away, nothing is judged and nobody is kept out: then waiting is what was meant. Consumers that pause for a system outside do not count either.
 */
export class BacklogWatch implements Background {
  readonly name = 'backlog watch';
  private standings: readonly Standing[] = backlogSignals.map(nothing);
  private readonly refused: Counter;
  private readonly ticker;
  private restsUntil = 0;

  constructor(private readonly parts: BacklogParts) {
    this.ticker = createTicker({ everyMs, work: () => this.turn(), onError: (error) => this.missed(error) });
    this.refused = measured(parts.registry, () => this.standings);
  }

  start(): Promise<void> {
    this.ticker.start();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return this.ticker.stop();
  }

  facts(): readonly Standing[] {
    return this.standings;
  }

  /** Whether a new shopper is to be refused; counted when so. */
  refuses(): boolean {
    const isClosed = this.standings.some((standing) => standing.isClosed);
    if (isClosed) this.refused.inc();
    return isClosed;
  }

  /** `at`: milliseconds of a clock that only goes forward. */
  async look(at = performance.now()): Promise<void> {
    const { answers, silent } = await gather(this.parts.services, async (ops) => {
      const [outbox, { consumers }] = await Promise.all([ops.getOutbox({}, { timeoutMs }), ops.listConsumers({}, { timeoutMs })]);
      return { outbox, consumers };
    });
    const isLogSilent = answers.some(({ answer }) => answer.consumers.some((consumer) => consumer.isLogSilent));
    if (silent.length > 0 || isLogSilent) return this.open();
    const outboxes = answers.map(({ service, answer }) => ({ of: service, oldestAgeMs: Number(answer.outbox.oldestAgeMs) }));
    const consumers = answers.flatMap(({ answer }) =>
      answer.consumers
        .filter(({ paused }) => !paused)
        .map(({ group, topic, oldestAgeMs }) => ({ of: `${group} on ${topic}`, oldestAgeMs: Number(oldestAgeMs) })),
    );
    this.judged([oldestOf('outbox', outboxes), oldestOf('consumers', consumers)], at);
  }

  private judged(seen: readonly Backlog[], at: number): void {
    const before = this.standings;
    this.standings = seen.map((backlog, index) => judge(before[index] ?? nothing(backlog.signal), backlog, at));
    for (const [index, standing] of this.standings.entries())
      if (standing.isClosed !== before[index]?.isClosed)
        this.parts.logger.warn(
          standing,
          standing.isClosed ? 'new shoppers are refused: a backlog is too old' : 'new shoppers are let in again',
        );
  }

  private turn(): Promise<void> {
    return performance.now() < this.restsUntil ? Promise.resolve() : this.look();
  }

  private open(): void {
    this.restsUntil = performance.now() + restMs;
    this.standings = backlogSignals.map(nothing);
  }

  private missed(error: unknown): void {
    this.parts.logger.warn({ err: error }, 'how old backlogs are could not be asked');
    this.open();
  }
}

/** The figures of backlogs; answers the one that is counted up. */
function measured(registry: Registry, standings: () => readonly Standing[]): Counter {
  const registers = [registry];
  new Gauge({
    name: 'admission_backlog_age_ms',
    help: 'Age of the oldest event that waits, as admission last saw it',
    labelNames: ['signal'],
    registers,
    collect() {
      for (const { signal, oldestAgeMs } of standings()) this.set({ signal }, oldestAgeMs);
    },
  });
  new Gauge({
    name: 'admission_backlog_closed',
    help: '1 while new shoppers are refused for a backlog',
    labelNames: ['signal'],
    registers,
    collect() {
      for (const { signal, isClosed } of standings()) this.set({ signal }, isClosed ? 1 : 0);
    },
  });
  return new Counter({ name: 'admission_backlog_refused_total', help: 'New shoppers refused for a backlog', registers });
}
