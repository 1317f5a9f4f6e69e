import type { Logger } from '../logger.js';
import { awaySystem } from './classify.js';
import type { Delivery, Middleware } from './delivery.js';
import { type Outage, awaited, began, isAdmitted, noOutage, passed, probes } from './outage.js';
import { jittered } from './policy.js';

/** How soon a message that has to wait for the probe asks again, ms. */
const askAgainMs = 300;

/** What can be stopped and started: the consumer's subscription. */
export type Pausable = { pauseAll(): void; resumeAll(): void };

/** The consumer's circuit: shared by live messages and by retries of parked ones. */
export type Circuit = {
  /** Name of the system that is away, if one is. */
  away(): string | undefined;
  /** True while nothing at all may be tried, not even a probe. */
  isClosed(): boolean;
  readonly waiting: Middleware;
  close(): void;
};

/** While a system is away everything waits and nothing is parked; one message probes, with back-off. */
export function createCircuit(subject: Pausable, logger: Logger, now: () => number): Circuit {
  let outage: Outage = noOutage;
  let timer: NodeJS.Timeout | undefined;
  const probeAt = (untilMs: number): void => {
    timer = setTimeout(
      () => {
        outage = probes(outage, now());
        subject.resumeAll();
      },
      jittered(untilMs - now(), Math.random()),
    );
  };
  const begin = (system: string, probe: string, error: unknown): number => {
    const isNew = outage.kind === 'none';
    const isAway = outage.kind === 'away';
    const away = began(outage, { system, probe, nowMs: now() });
    outage = away;
    if (!isAway) {
      subject.pauseAll();
      probeAt(away.untilMs);
    }
    if (isNew) logger.warn({ err: error, system }, 'a system is away: consuming pauses, nothing is parked');
    return Math.max(askAgainMs, away.untilMs - now());
  };
  const pass = (message: string): void => {
    const after = passed(outage, message, now());
    if (after !== outage && outage.kind === 'probing') logger.info({ system: outage.system }, 'the system is back: consuming goes on');
    outage = after;
  };
  return {
    away: () => awaited(outage, now()),
    isClosed: () => outage.kind === 'away',
    waiting: (next) => async (delivery) => {
      const message = nameOf(delivery);
      if (!isAdmitted(outage, message, now())) return { kind: 'later', afterMs: jittered(askAgainMs, Math.random()) };
      try {
        const outcome = await next(delivery);
        pass(message);
        return outcome;
      } catch (error) {
        const system = awaySystem(error);
        if (system === undefined) throw error;
        return { kind: 'later', afterMs: begin(system, message, error) };
      }
    },
    close: () => clearTimeout(timer),
  };
}

function nameOf({ record }: Delivery): string {
  return `${record.topic}/${record.partition}/${record.offset}`;
}
