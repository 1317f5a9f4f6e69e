import { Counter, Gauge, type Registry } from 'prom-client';
import { createPressure } from './pressure.js';

/** Work that may be refused when not all can be done, what is shed first first. Whatever has begun is never shed half way. */
export const shedOrder = ['checkout', 'cart', 'browse'] as const;
export type Work = (typeof shedOrder)[number];

/** How a process stands: `delayMs` is the longest that work waited for the event loop or a database connection, in the last tenth of a second. */
export type LoadFacts = { readonly level: number; readonly delayMs: number; readonly shed: Readonly<Record<Work, number>> };

/** Admission: says before any work whether it may begin. */
export type Load = {
  admits(work: Work): boolean;
  /** Somebody waited this long for a connection of the pool, milliseconds. */
  waited(ms: number): void;
  facts(): LoadFacts;
  /** Measures no more. */
  stop(): void;
};

/** The delay that is aimed at when there is more to do than can be done, milliseconds. An answer passes through the event loop about ten times. */
const targetMs = 50;
const sampleEveryMs = 100;

/** Measures the process ten times a second from now on, and decides by it. Its figures are in `registry`. */
export function createLoad(registry: Registry): Load {
  const pressure = createPressure({ ranks: shedOrder.length, targetMs });
  const shed = { checkout: 0, cart: 0, browse: 0 };
  const registers = [registry];
  const counter = new Counter({ name: 'admission_shed_total', help: 'Requests refused because the process was pressed', labelNames: ['work'], registers });
  new Gauge({ name: 'admission_level', help: '0: all is let in; 3: only the floor of everything', registers, collect() { this.set(pressure.level()); } });
  let longestWaitMs = 0;
  let delayMs = 0;
  let due = performance.now() + sampleEveryMs;
  const sample = (): void => {
    const now = performance.now();
    delayMs = Math.max(now - due, longestWaitMs, 0);
    longestWaitMs = 0;
    due = now + sampleEveryMs;
    pressure.observe(delayMs);
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
    facts: () => ({ level: Math.round(pressure.level() * 100) / 100, delayMs: Math.round(delayMs), shed: { ...shed } }),
    stop: () => clearInterval(timer),
  };
}
