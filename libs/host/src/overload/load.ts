import { Counter, Gauge, type Registry } from 'prom-client';
import { createPressure } from './pressure.js';

/**
 * Work that may be refused when not all can be done; what is shed first stands first. Who is in the shop gets through before others are let
 * in: refusing checkouts first would spend everything on carts that nobody may buy (docs/adr/0008). What has begun is never shed half way.
 */
export const shedOrder = ['entry', 'cart', 'checkout', 'browse'] as const;
export type Work = (typeof shedOrder)[number];

/** How a process stands. `level`: see `Pressure`; the delays are those of the last tenth of a second. */
export type LoadFacts = {
  readonly level: number;
  /** The longest that work waited for the event loop or a database connection. */
  readonly waitMs: number;
  /** How long requests took that are served by us alone, on average. */
  readonly serviceMs: number;
  readonly shed: Readonly<Record<Work, number>>;
};

/** Admission: says before any work whether it may begin. */
export type Load = {
  admits(work: Work): boolean;
  /** Somebody waited this long for a connection of the pool, milliseconds. */
  waited(ms: number): void;
  /** A request that no bank or carrier is asked for took this long, milliseconds. */
  served(ms: number): void;
  facts(): LoadFacts;
  /** Measures no more. */
  stop(): void;
};

/** What is aimed at when there is more to do than can be done, milliseconds. Alone, a line is added in 5 to 10 ms. Source: docs/bench.md. */
const aims = { waitMs: 50, serviceMs: 200 };
const sampleEveryMs = 100;

/** Measures the process ten times a second from now on, and decides by it. Its figures are in `registry`. */
export function createLoad(registry: Registry): Load {
  const pressure = createPressure(shedOrder.length);
  const shed = { entry: 0, cart: 0, checkout: 0, browse: 0 };
  const registers = [registry];
  const counter = new Counter({ name: 'admission_shed_total', help: 'Requests refused because the process was pressed', labelNames: ['work'], registers });
  new Gauge({ name: 'admission_level', help: '0: all is let in; 4: only the floor of everything', registers, collect() { this.set(pressure.level()); } });
  let now = { waitMs: 0, serviceMs: 0 };
  let longestWaitMs = 0;
  const served = { count: 0, ms: 0 };
  let due = performance.now() + sampleEveryMs;
  const sample = (): void => {
    const at = performance.now();
    now = { waitMs: Math.max(at - due, longestWaitMs, 0), serviceMs: served.count === 0 ? 0 : served.ms / served.count };
    longestWaitMs = served.count = served.ms = 0;
    due = at + sampleEveryMs;
    pressure.observe(Math.max(now.waitMs / aims.waitMs, now.serviceMs / aims.serviceMs));
  };
  const timer = setInterval(sample, sampleEveryMs).unref();
  return {
    admits(work) {
      if (pressure.admits(shedOrder.indexOf(work))) return true;
      shed[work] += 1;
      counter.inc({ work });
      return false;
    },
    waited: (ms) => void (longestWaitMs = Math.max(longestWaitMs, ms)),
    served(ms) {
      served.count += 1;
      served.ms += ms;
    },
    facts: () => ({ level: Math.round(pressure.level() * 100) / 100, waitMs: Math.round(now.waitMs), serviceMs: Math.round(now.serviceMs), shed: { ...shed } }),
    stop: () => clearInterval(timer),
  };
}
