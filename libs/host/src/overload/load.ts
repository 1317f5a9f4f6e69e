import { Counter, Gauge, type Registry } from 'prom-client';
import { type ConcurrencyLimit, createConcurrencyLimit } from './concurrency-limit.js';
import { createSlowdown } from './slowdown.js';

/**
 * Work that may be refused when not all can be done; what is shed first stands first. Who is in the shop gets through before others are let
 * in: refusing checkouts first would spend everything on carts that nobody may buy (docs/adr/0008). What has begun is never shed half way.
 */
export const shedOrder = ['entry', 'cart', 'checkout', 'browse'] as const;
export type Work = (typeof shedOrder)[number];

/** How a process stands. `level`: the share of what asked in the last second that was refused, 0 to 1; the times are those of the last tenth of a second. */
export type LoadFacts = {
  readonly level: number;
  /** How late the event loop was. */
  readonly waitMs: number;
  /** How long requests of the shop took that are served by us alone, on average. */
  readonly serviceMs: number;
  readonly shed: Readonly<Record<Work, number>>;
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
const samplesPerSecond = 10;
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
  const shed = { entry: 0, cart: 0, checkout: 0, browse: 0 };
  const recent = [{ asked: 0, refused: 0 }];
  const level = (): number => sum(recent, 'refused') / Math.max(1, sum(recent, 'asked'));
  const counter = measured(registry, { level, shop: shop.places, pages: pages.places });
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
    recent.push({ asked: 0, refused: 0 });
    if (recent.length > samplesPerSecond) recent.shift();
  };
  const timer = setInterval(sample, sampleEveryMs).unref();
  return {
    enter(work, kind = work) {
      const { places, slowdown } = work === 'browse' ? pages : shop;
      const isIn = places.enter(shares[work]);
      const tally = recent.at(-1)!;
      tally.asked += 1;
      const took = (ms: number): void => {
        slowdown.add(kind, ms);
        if (work !== 'browse') times.push(ms);
      };
      if (isIn)
        return leaving(places, {
          took,
          atMostMs: work === 'checkout' ? checkoutTimes * Math.max(now.serviceMs, sampleEveryMs) : undefined,
        });
      tally.refused += 1;
      shed[work] += 1;
      counter.inc({ work });
      return undefined;
    },
    facts: () => ({
      level: Math.round(level() * 100) / 100,
      waitMs: Math.round(now.waitMs),
      serviceMs: Math.round(now.serviceMs),
      shed: { ...shed },
    }),
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

type Measured = { readonly level: () => number; readonly shop: ConcurrencyLimit; readonly pages: ConcurrencyLimit };

/** The figures of admission; answers the one that is counted up. */
function measured(registry: Registry, { level, shop, pages }: Measured): Counter<'work'> {
  const registers = [registry];
  new Gauge({
    name: 'admission_level',
    help: 'The share of what asked in the last second that was refused, 0 to 1',
    registers,
    collect() {
      this.set(level());
    },
  });
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
  return new Counter({
    name: 'admission_shed_total',
    help: 'Requests refused because the process was pressed',
    labelNames: ['work'],
    registers,
  });
}

const sum = <K extends string>(tallies: readonly Readonly<Record<K, number>>[], key: K): number =>
  tallies.reduce((total, tally) => total + tally[key], 0);
const mean = (times: readonly number[]): number => (times.length === 0 ? 0 : times.reduce((total, ms) => total + ms, 0) / times.length);
