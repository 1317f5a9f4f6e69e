import { Gauge, type Registry } from 'prom-client';
import { type ConcurrencyLimit, createConcurrencyLimit } from './concurrency-limit.js';
import { countRefusals, type RefusalFacts, shedOrder, type Work } from './refusals.js';
import { createSlowdown } from './slowdown.js';

/** How a process stands: what it refused, and the times of the last tenth of a second. */
export type LoadFacts = RefusalFacts & {
  /** How late the event loop was. */
  readonly waitMs: number;
  /** How long requests of the shop took that are served by us alone, on average. */
  readonly serviceMs: number;
};

/** Ends a piece of work; `ms` when it was served by us alone and says how long that takes. Once. */
export type Leave = (ms?: number) => void;

/** Admission: says before any work whether it may begin. */
export type Load = {
  /** A place for this work, or undefined when there is none: then it is to be refused at once. `kind`: what its time is compared with; the work unless it is told. */
  enter(work: Work, kind?: string): Leave | undefined;
  facts(): LoadFacts;
  /** Measures no more. */
  stop(): void;
};

/**
 * How far all work together may fill the places, in multiples of their number, before a kind of work is refused. Half of them are kept for who is in
 * the shop; who checks out has come so far that a moment's crowd of them is rather served late: the more of them, the fewer are let in meanwhile.
 */
export const shares: Readonly<Record<Work, number>> = { entry: 0.5, cart: 1, checkout: 4, browse: 4 };
const sampleEveryMs = 100;
/**
 * A checkout takes about so many times as long as a change of a cart (docs/bench.md). When it takes longer, it is the bank that is waited for, and
 * the place is free for others: a slow bank must not shut the shop.
 */
const checkoutTimes = 8;

/** Measures the process ten times a second from now on, and decides by it. Its figures are in `registry`. */
export function createLoad(registry: Registry): Load {
  const shop = { places: createConcurrencyLimit(), slowdown: createSlowdown() };
  const pages = { places: createConcurrencyLimit(), slowdown: createSlowdown() };
  let times: number[] = [];
  const refusals = countRefusals(registry, shedOrder);
  measure(registry, { shop: shop.places, pages: pages.places });
  let now = { waitMs: 0, serviceMs: 0 };
  let due = performance.now() + sampleEveryMs;
  const sample = (): void => {
    const at = performance.now();
    const waitMs = Math.max(at - due, 0);
    due = at + sampleEveryMs;
    now = { waitMs, serviceMs: mean(times) };
    times = [];
    for (const { places, slowdown } of [shop, pages]) {
      const slower = slowdown.take(waitMs);
      if (slower !== undefined) places.observe(slower);
    }
  };
  const timer = setInterval(sample, sampleEveryMs).unref();
  return {
    enter(work, kind = work) {
      const { places, slowdown } = work === 'browse' ? pages : shop;
      const isIn = places.enter(shares[work]);
      refusals.asked(work, !isIn);
      const took = (ms: number): void => {
        slowdown.add(kind, ms);
        if (work !== 'browse') times.push(ms);
      };
      if (isIn)
        return leaving(places, {
          took,
          atMostMs: work === 'checkout' ? checkoutTimes * Math.max(now.serviceMs, sampleEveryMs) : undefined,
        });
      return undefined;
    },
    facts: () => ({ ...refusals.facts(), waitMs: Math.round(now.waitMs), serviceMs: Math.round(now.serviceMs) }),
    stop: () => clearInterval(timer),
  };
}

/** Gives a place back: when the work ends, or after `atMostMs`, whichever is first. */
function leaving(places: ConcurrencyLimit, { took, atMostMs }: { took: (ms: number) => void; atMostMs: number | undefined }): Leave {
  let isTaken = true;
  const leave = (ms?: number): void => {
    if (!isTaken) return;
    isTaken = false;
    clearTimeout(timer);
    places.leave();
    if (ms !== undefined) took(ms);
  };
  const timer = atMostMs === undefined ? undefined : setTimeout(leave, atMostMs).unref();
  return leave;
}

/** The figures of the places. */
function measure(registry: Registry, { shop, pages }: Readonly<Record<'shop' | 'pages', ConcurrencyLimit>>): void {
  const registers = [registry];
  new Gauge({
    name: 'admission_places',
    help: 'How many requests may be in hand at once',
    labelNames: ['of'],
    registers,
    collect() {
      this.set({ of: 'shop' }, shop.places().limit);
      this.set({ of: 'pages' }, pages.places().limit);
    },
  });
  new Gauge({
    name: 'admission_places_taken',
    help: 'How many requests are in hand',
    labelNames: ['of'],
    registers,
    collect() {
      this.set({ of: 'shop' }, shop.places().taken);
      this.set({ of: 'pages' }, pages.places().taken);
    },
  });
}

const mean = (times: readonly number[]): number => (times.length === 0 ? 0 : times.reduce((total, ms) => total + ms, 0) / times.length);
