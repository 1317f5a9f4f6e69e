import { Counter, Gauge, type Registry } from 'prom-client';

/**
 * Work that may be refused when not all can be done; what is shed first stands first. Who is in the shop gets through before others are let
 * in: refusing checkouts first would spend everything on carts that nobody may buy (docs/adr/0008). What has begun is never shed half way.
 */
export const shedOrder = ['entry', 'cart', 'checkout', 'browse'] as const;
export type Work = (typeof shedOrder)[number];

/** What was refused. `level`: the share of what asked in the last second, 0 to 1. */
export type RefusalFacts = { readonly level: number; readonly shed: Readonly<Partial<Record<Work, number>>> };

/** What asked to begin, and how much of it was refused. */
export type Refusals = {
  asked(work: Work, isRefused: boolean): void;
  facts(): RefusalFacts;
};

type Slot = { readonly at: number; asked: number; refused: number };
const slotMs = 100;
const slotsPerSecond = 10;

/** Counts the refusals of a process, of the kinds of work it may refuse. Its figures are in `registry`. `now`: milliseconds of a clock that only goes forward. */
export function countRefusals(registry: Registry, works: readonly Work[], now: () => number = () => performance.now()): Refusals {
  const shed: Partial<Record<Work, number>> = Object.fromEntries(works.map((work) => [work, 0]));
  let slots: readonly Slot[] = [];
  const recent = (): readonly Slot[] => slots.filter(({ at }) => at > Math.floor(now() / slotMs) - slotsPerSecond);
  const slot = (): Slot => {
    const at = Math.floor(now() / slotMs);
    const last = slots.at(-1);
    if (last?.at === at) return last;
    const fresh = { at, asked: 0, refused: 0 };
    slots = [...recent(), fresh];
    return fresh;
  };
  const level = (): number => sum(recent(), 'refused') / Math.max(1, sum(recent(), 'asked'));
  const counter = measured(registry, level);
  return {
    asked(work, isRefused) {
      const tally = slot();
      tally.asked += 1;
      if (!isRefused) return;
      tally.refused += 1;
      shed[work] = (shed[work] ?? 0) + 1;
      counter.inc({ work });
    },
    facts: () => ({ level: Math.round(level() * 100) / 100, shed: { ...shed } }),
  };
}

function measured(registry: Registry, level: () => number): Counter<'work'> {
  const registers = [registry];
  new Gauge({
    name: 'admission_level',
    help: 'The share of what asked in the last second that was refused, 0 to 1',
    registers,
    collect() {
      this.set(level());
    },
  });
  return new Counter({
    name: 'admission_shed_total',
    help: 'Requests refused because the process was pressed',
    labelNames: ['work'],
    registers,
  });
}

const sum = (slots: readonly Slot[], key: 'asked' | 'refused'): number => slots.reduce((total, slot) => total + slot[key], 0);
